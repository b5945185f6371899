{{/* Where the other roles find the provisioner. */}}
{{- define "platform.url" -}}
http://{{ include "common.name" (dict "root" . "part" "provisioner") }}.{{ .Release.Namespace }}.svc:8080
{{- end -}}

{{/* What each role that follows the provisioner is told. */}}
{{- define "platform.followerEnvironment" -}}
- {name: UNDERSTORY_PLATFORM_URL, value: {{ include "platform.url" . }}}
- {name: UNDERSTORY_DOMAIN, value: {{ .Values.domain }}}
{{- with .Values.edge }}
- {name: UNDERSTORY_EDGE, value: {{ . | quote }}}
{{- end }}
{{- end -}}

{{/* One role, whole. Takes what common.deployment takes, and: hosts, policy (what common.policy takes). */}}
{{- define "platform.parts" -}}
{{ include "common.account" . }}
---
{{ include "common.service" . }}
---
{{ include "common.budget" . }}
---
{{ include "common.deployment" . }}
{{- if .claim }}
---
{{ include "common.claim" . }}
{{- end }}
---
{{ include "common.route" . }}
{{- if .root.Values.network.closed }}
---
{{ include "common.policy" (merge (dict "edge" .root.Values.edge) .policy .) }}
{{- end }}
{{- end -}}
