{{/* A whole chart: {{ include "service.all" . }} */}}
{{- define "service.all" -}}
{{- $service := .Values.service }}
{{- $parts := list "account" "service" "deployment" }}
{{- if eq $service.kind "service" }}{{- $parts = append $parts "policiesMap" }}{{- end }}
{{- if $service.global.network.enabled }}{{- $parts = append $parts "network" }}{{- end }}
{{- if $service.autoscaling.enabled }}{{- $parts = append $parts "autoscaler" }}{{- end }}
{{- if or $service.autoscaling.enabled (gt (int $service.replicas) 1) }}{{- $parts = append $parts "disruption" }}{{- end }}
{{- if and $service.global.telemetry.serviceMonitor (include "service.hasSidecar" .) }}{{- $parts = append $parts "monitor" }}{{- end }}
{{- range $parts }}
---
{{ include (printf "service.%s" .) $ }}
{{- end }}
{{- end }}
