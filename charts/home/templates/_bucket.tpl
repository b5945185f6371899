{{/* The object storage that backups are brought to, as the home is told it; empty: none. Refuses what the home would not start with. */}}
{{- define "home.bucketPlace" -}}
{{- $at := .copies.bucket -}}
{{- if $at.name -}}
{{- if and (hasPrefix "http:" $at.endpoint) (not $at.networks) -}}
{{- fail "copies.bucket.endpoint is without encryption: use https, or say in copies.bucket.networks in which network of yours it lies." -}}
{{- end -}}
{{- $said := list -}}
{{- with $at.endpoint }}{{ $said = append $said (printf "endpoint=%s" (. | urlquery)) }}{{ end -}}
{{- with $at.region }}{{ $said = append $said (printf "region=%s" (. | urlquery)) }}{{ end -}}
{{- range $at.networks }}{{ $said = append $said (printf "network=%s" (. | urlquery)) }}{{ end -}}
{{- printf "s3://%s" $at.name -}}
{{- with $at.path }}/{{ . }}{{ end -}}
{{- with $said }}?{{ join "&" . }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* The keys to it. */}}
{{- define "home.bucketVolume" -}}
- name: copies-away
  secret:
    secretName: {{ .copies.bucket.secretName }}
    defaultMode: 288 # 0440
{{- end -}}
