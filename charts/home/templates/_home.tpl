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

{{/* The same where they are in another cluster; at the port that their address names. */}}
{{- define "home.toPlatformElsewhere" -}}
{{- if .ranges -}}
{{- $usual := ternary "443" "80" (hasPrefix "https:" .url) -}}
- to:
    {{- range .ranges }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
  ports:
    - {protocol: TCP, port: {{ regexFind ":[0-9]+$" .url | trimPrefix ":" | default $usual }}}
{{- end -}}
{{- end -}}

{{/* Lists that pictures are compared with. */}}
{{- define "home.matchListsVolume" -}}
- name: match-lists
  secret:
    secretName: {{ .matchLists.secretName }}
    defaultMode: 288 # 0440
{{- end -}}
