{{/* The roles of the platform, for registers, sign-in and the log. */}}
{{- define "home.toPlatform" -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ . }}
      podSelector:
        matchLabels:
          app.kubernetes.io/name: understory
  ports:
    - {protocol: TCP, port: 8080}
{{- end -}}
