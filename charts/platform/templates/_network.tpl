{{/* The platform's PostgreSQL, in this cluster or by its address. */}}
{{- define "platform.toDatabase" -}}
{{- $at := .Values.network.database -}}
- to:
    {{- with $at.namespace }}
    {{- include "common.peerNamespace" . | nindent 4 }}
    {{- end }}
    {{- with $at.cidr }}
    - ipBlock:
        cidr: {{ . | quote }}
    {{- end }}
  ports:
    - {protocol: TCP, port: {{ $at.port }}}
{{- end -}}

{{/* Where followers read registers. */}}
{{- define "platform.toProvisioner" -}}
- to:
    - podSelector:
        matchLabels: {{- include "common.selector" . | nindent 10 }}
  ports:
    - {protocol: TCP, port: http}
{{- end -}}

{{- define "platform.toHomes" -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .Values.homes.namespace }}
      podSelector:
        matchLabels:
          app.kubernetes.io/name: understory
          app.kubernetes.io/component: home
    {{- if .Values.homes.libraries.enabled }}
    - namespaceSelector:
        matchLabels:
          understory/platform: {{ include "cluster.mark" . }}
      podSelector:
        matchLabels:
          app.kubernetes.io/name: understory
          app.kubernetes.io/component: home
    {{- end }}
  ports:
    - {protocol: TCP, port: http}
{{- end -}}

{{/* A port has no name at an address that is not a pod's of this cluster. */}}
{{- define "platform.toHomesElsewhere" -}}
{{- with .Values.network.homesElsewhere -}}
- to:
    {{- range . }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
  ports:
    - {protocol: TCP, port: 8080}
{{- end -}}
{{- end -}}

{{- define "platform.toApiServer" -}}
{{- $at := .Values.network.apiServer -}}
- to:
    {{- range $at.ranges }}
    - ipBlock:
        cidr: {{ . | quote }}
    {{- end }}
  ports:
    {{- range $at.ports }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
{{- end -}}
