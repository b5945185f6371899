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

{{/* Lists that pictures are compared with. */}}
{{- define "home.matchListsVolume" -}}
- name: match-lists
  secret:
    secretName: {{ .matchLists.secretName }}
    defaultMode: 288 # 0440
{{- end -}}
