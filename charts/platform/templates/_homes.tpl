{{/* What every home is given by the provisioner: what holds for the platform as well, and what the operator says for homes. */}}
{{- define "platform.homeValues" -}}
{{- $values := .Values -}}
{{- $ours := dict
  "image" $values.image
  "logLevel" $values.logLevel
  "authorities" $values.authorities
  "platform" (dict "url" (include "platform.url" .) "namespace" .Release.Namespace "domain" $values.domain "edge" $values.edge)
  "network" (pick $values.network "closed" "gatewayNamespace" "gatewayPorts" "gatewayRanges" "dnsNamespace" "dnsRanges") -}}
{{- with $values.route.certificates.issuer }}{{ $_ := set $ours "route" (dict "certificates" (dict "issuer" . "namespace" $values.homes.namespace)) }}{{ end -}}
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
  routes.json: {{ include "platform.routes" .root | quote }}
  {{- if .root.Values.homes.libraries.enabled }}
  libraries.json: {{ include "cluster.libraries" . | quote }}
  {{- end }}
{{- end -}}
