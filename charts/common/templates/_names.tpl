{{/* The name of an object: the release's, and its part when the chart has several. A Service's name may have 63 characters. */}}
{{- define "common.name" -}}
{{- $name := .root.Release.Name -}}
{{- if .part -}}{{- $name = printf "%s-%s" (trunc (int (sub 62 (len .part))) .root.Release.Name | trimSuffix "-") .part -}}{{- end -}}
{{- $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* What a Deployment selects by. Never changes after the first release: Kubernetes refuses that. */}}
{{- define "common.selector" -}}
app.kubernetes.io/name: understory
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .role }}
{{- end -}}

{{/* Of every object. */}}
{{- define "common.labels" -}}
{{ include "common.selector" . }}
app.kubernetes.io/part-of: understory
app.kubernetes.io/managed-by: {{ .root.Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .root.Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* By digest when there is one: that cannot be moved. */}}
{{- define "common.image" -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ required "image.tag or image.digest must say which image to run" .tag }}{{- end -}}
{{- end -}}
