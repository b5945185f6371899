{{/* The cluster writes the token into it, and takes it back when this is deleted. */}}
{{- define "cell.tokenSecret" -}}
apiVersion: v1
kind: Secret
type: kubernetes.io/service-account-token
metadata:
  name: {{ include "common.name" (merge (dict "part" "provisioner-token") .) }}
  labels: {{- include "common.labels" . | nindent 4 }}
  annotations:
    kubernetes.io/service-account.name: {{ include "common.name" . }}
{{- end -}}
