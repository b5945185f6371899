{{/*
  The secrets of a home: the token that let it in once, and keys that it is to go on with when its folder has none. Both may be away: the token when it was
  used, the keys as long as nothing was lost.
*/}}
{{- define "home.secretsVolume" -}}
projected:
  defaultMode: 288 # 0440
  sources:
    - secret:
        name: {{ .settings.secret.name }}
        optional: true
    - secret:
        name: {{ include "common.name" . }}-keys
        optional: true
{{- end -}}
