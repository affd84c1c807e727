{{/* Exactly what the program is configured by. */}}
{{- define "service.environment" -}}
{{- $service := .Values.service }}
{{- $global := $service.global }}
- { name: Keycloak__AuthServerUrl, value: {{ $global.identity.url | quote }} }
- { name: Keycloak__Realm, value: {{ $global.identity.realm | quote }} }
- { name: Keycloak__Resource, value: governance-api }
- { name: Keycloak__SslRequired, value: {{ $global.identity.sslRequired | quote }} }
- { name: Keycloak__TokenClockSkew, value: "00:00:30" }
- { name: DOTNET_shutdownTimeoutSeconds, value: {{ $service.shutdown.graceSeconds | quote }} }
{{- with $global.telemetry.endpoint }}
- { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }} }
{{- end }}
{{- include "service.trust" . }}
{{- if eq $service.kind "service" }}
- { name: Grpc__Port, value: "8081" }
- { name: Http__Port, value: "8080" }
- { name: Policies__Path, value: /policies }
- name: ConnectionStrings__Database
  valueFrom:
    secretKeyRef: { name: {{ include "service.secret" (list . "database") }}, key: connectionString }
- name: PersonalData__EncryptionKey
  valueFrom:
    secretKeyRef: { name: {{ include "service.secret" (list . "keys") }}, key: encryptionKey }
- name: PersonalData__HashKey
  valueFrom:
    secretKeyRef: { name: {{ include "service.secret" (list . "keys") }}, key: hashKey }
- name: PersonalData__RetiredEncryptionKeys__0
  valueFrom:
    secretKeyRef: { name: {{ include "service.secret" (list . "keys") }}, key: retiredEncryptionKey, optional: true }
- name: APP_API_TOKEN
  valueFrom:
    secretKeyRef: { name: {{ $global.tokens.app }}, key: token }
- name: DAPR_API_TOKEN
  valueFrom:
    secretKeyRef: { name: {{ $global.tokens.api }}, key: token }
{{- end }}
{{- range $name, $value := $service.env }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}

{{/* Whose certificates are trusted: those of the base image's authorities and of the installation's own. */}}
{{- define "service.trust" }}
{{- if .Values.service.global.authorities }}
- { name: SSL_CERT_DIR, value: "/etc/ssl/certs:/authorities" }
{{- end }}
{{- end }}
