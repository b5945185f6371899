{{/* Certificates of authorities that are believed besides the public ones: of a gateway, a catalogue or a proxy that has its own. */}}
{{- define "common.authoritiesMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "common.name" (merge (dict "part" "authorities") .) }}
  labels: {{- include "common.labels" . | nindent 4 }}
data:
  ca.crt: {{ .root.Values.authorities | quote }}
{{- end -}}
