{{/* The annotations by which Dapr's injector adds the sidecar. */}}
{{- define "service.sidecar" -}}
{{- if include "service.hasSidecar" . }}
{{- $dapr := .Values.service.global.dapr }}
{{- $shutdown := .Values.service.shutdown }}
dapr.io/enabled: "true"
dapr.io/app-id: {{ .Chart.Name | quote }}
# Deliveries and health are HTTP/1.1; gRPC has a port of its own, which Dapr never sees.
dapr.io/app-port: "8080"
dapr.io/app-protocol: http
dapr.io/config: {{ $dapr.configuration | quote }}
dapr.io/api-token-secret: {{ .Values.service.global.tokens.api | quote }}
dapr.io/app-token-secret: {{ .Values.service.global.tokens.app | quote }}
# A service that cannot reach its database is not given events until it can.
dapr.io/enable-app-health-check: "true"
dapr.io/app-health-check-path: /healthz/ready
dapr.io/app-health-probe-interval: "5"
dapr.io/app-health-probe-timeout: "3000"
dapr.io/app-health-threshold: "3"
dapr.io/log-as-json: "true"
dapr.io/log-level: {{ $dapr.logLevel | quote }}
dapr.io/sidecar-cpu-request: {{ $dapr.cpuRequest | quote }}
dapr.io/sidecar-cpu-limit: {{ $dapr.cpuLimit | quote }}
dapr.io/sidecar-memory-request: {{ $dapr.memoryRequest | quote }}
dapr.io/sidecar-memory-limit: {{ $dapr.memoryLimit | quote }}
dapr.io/env: {{ printf "GOMEMLIMIT=%s" $dapr.goMemoryLimit | quote }}
dapr.io/sidecar-seccomp-profile-type: RuntimeDefault
dapr.io/disable-builtin-k8s-secret-store: "true"
# The service stops after draining and ending its calls; until then it publishes. Deliveries stop at once.
dapr.io/block-shutdown-duration: {{ printf "%ds" (add $shutdown.drainSeconds $shutdown.graceSeconds) | quote }}
dapr.io/graceful-shutdown-seconds: "10"
{{- end }}
{{- end }}
