{{/* Stays when the release goes: it holds the branches' volumes. */}}
{{- define "cluster.homesNamespace" -}}
apiVersion: v1
kind: Namespace
metadata:
  name: {{ .root.Values.homes.namespace }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/audit: restricted
    pod-security.kubernetes.io/warn: restricted
  annotations:
    helm.sh/resource-policy: keep
{{- end -}}

{{/* Each home opens for itself what it needs; whatever else comes to run there reaches nothing and is reached by nobody. */}}
{{- define "cluster.homesClosed" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "common.name" (merge (dict "part" "closed") .) }}
  namespace: {{ .root.Values.homes.namespace }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
{{- end -}}
