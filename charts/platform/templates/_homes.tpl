{{/* What every home is given by the provisioner: what holds for the platform as well, and what the operator says for homes. */}}
{{- define "platform.homeValues" -}}
{{- $values := .Values -}}
{{- $ours := dict
  "image" $values.image
  "logLevel" $values.logLevel
  "authorities" $values.authorities
  "platform" (dict "url" (include "platform.url" .) "namespace" .Release.Namespace "domain" $values.domain "edge" $values.edge)
  "network" (pick $values.network "closed" "gatewayNamespace" "gatewayPorts" "gatewayRanges" "dnsNamespace") -}}
{{- with $values.network.monitoringNamespace }}{{ $_ := set $ours.network "monitoringNamespace" . }}{{ end -}}
{{- mergeOverwrite (deepCopy $ours) (deepCopy $values.homes.values) | toJson -}}
{{- end -}}

{{- define "platform.homesMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "common.name" (merge (dict "part" "homes") .) }}
  labels: {{- include "common.labels" . | nindent 4 }}
data:
  homes.json: {{ include "platform.homeValues" .root | quote }}
  {{- if .root.Values.homes.libraries.enabled }}
  libraries.json: {{ include "platform.libraries" . | quote }}
  {{- end }}
{{- end -}}

{{/* Stays when the release goes: it holds the branches' volumes. */}}
{{- define "platform.homesNamespace" -}}
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
{{- define "platform.homesClosed" -}}
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
