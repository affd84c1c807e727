{{/* The policy files that lie in this chart, and those that the values add, replace or leave out. */}}
{{- define "service.policies" -}}
{{- $files := dict }}
{{- range $path, $content := .Subcharts.service.Files.Glob "policies/*.yaml" }}
{{- $_ := set $files (base $path) (toString $content) }}
{{- end }}
{{- range $name, $content := .Values.service.global.policies }}
{{- if $content }}{{- $_ := set $files $name $content }}{{- else }}{{- $_ := unset $files $name }}{{- end }}
{{- end }}
{{- if not (hasKey $files "default.yaml") }}{{- fail "There is no policies/default.yaml in the chart; package it with ./governance charts." }}{{- end }}
{{- toYaml $files }}
{{- end }}

{{- define "service.policiesMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Chart.Name }}-policies
  labels:
    {{- include "service.labels" . | nindent 4 }}
data:
  {{- include "service.policies" . | nindent 2 }}
{{- end }}
