{{/* Everything is called by the one word that names the service: one suite in a namespace. */}}
{{- define "service.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "service.labels" -}}
{{ include "service.selector" . }}
app.kubernetes.io/part-of: governance
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "service.image" -}}
{{- $service := .Values.service -}}
{{- $image := $service.global.image -}}
{{- $name := printf "%s/%s" (trimSuffix "/" $image.registry) .Chart.Name -}}
{{- if $service.image.digest }}{{ $name }}@{{ $service.image.digest }}{{ else }}{{ $name }}:{{ $image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{/* Takes the root and the word: the name of a Secret that exists. */}}
{{- define "service.secret" -}}
{{- $root := index . 0 -}}
{{- $word := index . 1 -}}
{{ index $root.Values.service.secrets $word | default (printf "%s-%s" $root.Chart.Name $word) }}
{{- end }}

{{- define "service.hasSidecar" -}}
{{- if and (eq .Values.service.kind "service") .Values.service.global.dapr.enabled }}true{{ end }}
{{- end }}

{{/* The restricted Pod Security Standard, and nothing to write to but /tmp. */}}
{{- define "service.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1654
runAsGroup: 1654
fsGroup: 1654
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "service.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}
