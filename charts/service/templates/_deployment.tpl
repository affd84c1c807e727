{{- define "service.deployment" -}}
{{- $service := .Values.service }}
{{- $global := $service.global }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Chart.Name }}
  labels:
    {{- include "service.labels" . | nindent 4 }}
spec:
  {{- if not $service.autoscaling.enabled }}
  replicas: {{ $service.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  selector:
    matchLabels:
      {{- include "service.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "service.labels" . | nindent 8 }}
      {{- with include "service.annotations" . | trim }}
      annotations:
        {{- . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ .Chart.Name }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ add $service.shutdown.drainSeconds $service.shutdown.graceSeconds 20 }}
      securityContext:
        {{- include "service.podSecurity" . | nindent 8 }}
      {{- with $global.image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      {{- with $service.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with $service.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $service.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      topologySpreadConstraints:
        {{- range (list "kubernetes.io/hostname" "topology.kubernetes.io/zone") }}
        - maxSkew: 1
          topologyKey: {{ . }}
          whenUnsatisfiable: {{ $service.spread }}
          labelSelector:
            matchLabels:
              {{- include "service.selector" $ | nindent 14 }}
          matchLabelKeys: [pod-template-hash]
        {{- end }}
      {{- if eq $service.kind "service" }}
      initContainers:
        # The only program that knows the database's owner. It ends before anything serves; replicas wait for each other.
        - name: migrate
          image: {{ include "service.image" . }}
          imagePullPolicy: {{ $global.image.pullPolicy }}
          args: [migrate]
          env:
            - name: ConnectionStrings__Migrations
              valueFrom:
                secretKeyRef: { name: {{ include "service.secret" (list . "migrations") }}, key: connectionString }
            {{- include "service.trust" . | nindent 12 }}
          resources:
            {{- toYaml $service.resources | nindent 12 }}
          securityContext:
            {{- include "service.containerSecurity" . | nindent 12 }}
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
            {{- if $global.authorities }}
            - { name: authorities, mountPath: /authorities, readOnly: true }
            {{- end }}
      {{- end }}
      containers:
        - name: {{ .Chart.Name }}
          image: {{ include "service.image" . }}
          imagePullPolicy: {{ $global.image.pullPolicy }}
          ports:
            - { name: grpc, containerPort: 8081 }
            - { name: http, containerPort: 8080 }
          env:
            {{- include "service.environment" . | nindent 12 }}
          resources:
            {{- toYaml $service.resources | nindent 12 }}
          securityContext:
            {{- include "service.containerSecurity" . | nindent 12 }}
          startupProbe:
            httpGet: { path: {{ include "service.livePath" . }}, port: http }
            periodSeconds: 2
            failureThreshold: 60
          livenessProbe:
            httpGet: { path: {{ include "service.livePath" . }}, port: http }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          readinessProbe:
            httpGet: { path: {{ include "service.readyPath" . }}, port: http }
            periodSeconds: 5
            timeoutSeconds: 5
            failureThreshold: 2
          lifecycle:
            preStop:
              # Callers that look its address up every few seconds have let go of it by then.
              sleep: { seconds: {{ $service.shutdown.drainSeconds }} }
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
            {{- if $global.authorities }}
            - { name: authorities, mountPath: /authorities, readOnly: true }
            {{- end }}
            {{- if eq $service.kind "service" }}
            - { name: policies, mountPath: /policies, readOnly: true }
            {{- end }}
      volumes:
        - name: tmp
          emptyDir: { sizeLimit: 1Gi }
        {{- if $global.authorities }}
        - name: authorities
          configMap: { name: {{ $global.authorities }} }
        {{- end }}
        {{- if eq $service.kind "service" }}
        - name: policies
          configMap: { name: {{ .Chart.Name }}-policies }
        {{- end }}
{{- end }}

{{- define "service.livePath" -}}
{{ eq .Values.service.kind "gateway" | ternary "/healthz" "/healthz/live" }}
{{- end }}

{{- define "service.readyPath" -}}
{{ eq .Values.service.kind "gateway" | ternary "/healthz" "/healthz/ready" }}
{{- end }}

{{- define "service.annotations" -}}
{{- if eq .Values.service.kind "service" }}
# A changed policy takes effect with new pods.
checksum/policies: {{ include "service.policies" . | sha256sum }}
{{- end }}
{{ include "service.sidecar" . }}
{{- with .Values.service.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end }}
