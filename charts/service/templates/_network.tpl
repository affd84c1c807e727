{{/* Every flow that is allowed, by name; whatever is not here is refused. The kubelet's probes come from the node and always pass. */}}
{{- define "service.network" -}}
{{- $service := .Values.service }}
{{- $network := $service.global.network }}
{{- $isService := eq $service.kind "service" }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .Chart.Name }}
  labels:
    {{- include "service.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "service.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- if $isService }}
    # calls
    - from:
        - podSelector: { matchLabels: { app.kubernetes.io/name: gateway, app.kubernetes.io/instance: {{ .Release.Name }} } }
      ports: [{ port: 8081, protocol: TCP }]
    {{- else }}
    # callers
    - from:
        {{- toYaml $network.ingress.peers | nindent 8 }}
      ports: [{ port: 8080, protocol: TCP }, { port: 8081, protocol: TCP }]
    {{- end }}
    # helm test
    - from:
        - podSelector: { matchLabels: { app.kubernetes.io/name: test, app.kubernetes.io/instance: {{ .Release.Name }} } }
      ports: [{ port: 8080, protocol: TCP }]
    {{- if include "service.hasSidecar" . }}
    # sidecar metrics
    - from:
        {{- toYaml $network.scraper.peers | nindent 8 }}
      ports: [{ port: {{ $network.scraper.port }}, protocol: TCP }]
    {{- end }}
  egress:
    {{- include "service.flow" (list "names" $network.dns "UDP" "TCP") | nindent 4 }}
    {{- include "service.flow" (list "identity" $network.identity "TCP") | nindent 4 }}
    {{- if $service.global.telemetry.endpoint }}
    {{- include "service.flow" (list "telemetry" $network.telemetry "TCP") | nindent 4 }}
    {{- end }}
    {{- if $isService }}
    {{- include "service.flow" (list "database" $network.database "TCP") | nindent 4 }}
    {{- else }}
    # services
    - to:
        - podSelector: { matchLabels: { app.kubernetes.io/part-of: governance, app.kubernetes.io/instance: {{ .Release.Name }} } }
      ports: [{ port: 8081, protocol: TCP }]
    {{- end }}
    {{- if include "service.hasSidecar" . }}
    {{- include "service.flow" (list "broker" $network.broker "TCP") | nindent 4 }}
    # sidecar control: sentry, placement, scheduler, operator
    - to:
        {{- toYaml $network.dapr.peers | nindent 8 }}
      ports:
        {{- range (list 50001 50005 50006 6500) }}
        - { port: {{ . }}, protocol: TCP }
        {{- end }}
    {{- end }}
{{- end }}

{{/* Takes the flow's name, its entry in global.network and its protocols. */}}
{{- define "service.flow" -}}
{{- $flow := index . 1 -}}
# {{ index . 0 }}
- to:
    {{- toYaml $flow.peers | nindent 4 }}
  ports:
    {{- range (slice . 2) }}
    - { port: {{ $flow.port }}, protocol: {{ . }} }
    {{- end }}
{{- end }}
