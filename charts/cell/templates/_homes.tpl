{{/* What is others for homes of this cell, and how libraries get namespaces here: the file that the provisioner is given beside the kubeconfig. */}}
{{- define "cell.file" -}}
{{- $values := .root.Values -}}
{{- $ours := dict
  "platform" (merge (dict "namespace" .root.Release.Namespace) $values.platform)
  "network" $values.network -}}
{{- $file := mergeOverwrite (deepCopy $ours) (deepCopy $values.homes.values) -}}
{{- if $values.homes.libraries.enabled }}{{ $_ := set $file "libraries" (include "cluster.libraries" . | fromJson) }}{{ end -}}
{{- $file | toJson -}}
{{- end -}}

{{- define "cell.map" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "common.name" (merge (dict "part" "cell") .) }}
  labels: {{- include "common.labels" . | nindent 4 }}
data:
  cell.json: {{ include "cell.file" . | quote }}
{{- end -}}
