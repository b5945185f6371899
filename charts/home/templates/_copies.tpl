{{/*
  The claim that copies of branches lie on; empty: they lie in the home's own folder. Refuses what cannot work. A claim that is there may be one for many
  homes, so each has a folder of its own on it and sees no other.
*/}}
{{- define "home.copiesClaim" -}}
{{- $copies := .root.Values.copies -}}
{{- $claim := $copies.claim -}}
{{- if eq $copies.kind "claim" -}}
{{- $there := $claim.existingClaim -}}
{{- if and $there $claim.className -}}
{{- fail "copies.claim.existingClaim is a claim that is there already, which has its storage class: leave copies.claim.className empty." -}}
{{- end -}}
{{- if and $there (eq $there .claim) -}}
{{- fail (printf "copies.claim.existingClaim is %s, which the branches lie on: copies there are lost together with them. Name another claim." $there) -}}
{{- end -}}
{{- $quota := .root.Values.quota -}}
{{- if and (not $there) (not .root.Values.storage.existingClaim) $quota.enabled (lt (int $quota.claims) 2) -}}
{{- fail "quota.claims is less than 2, and the home has two claims: one for branches, one for their copies." -}}
{{- end -}}
{{ include "common.claimName" (include "home.copies" . | fromYaml | merge (dict "root" .root)) }}
{{- else if $claim.existingClaim -}}
{{- fail (printf "copies.claim.existingClaim is given and copies.kind is %s: say claim, or leave it empty." $copies.kind) -}}
{{- end -}}
{{- end -}}

{{/* The claim of the release's own, as `common.claim` takes it. */}}
{{- define "home.copies" -}}
role: {{ .role }}
part: copies
settings:
  storage: {{- .root.Values.copies.claim | toYaml | nindent 4 }}
{{- end -}}

{{- define "home.copiesVolume" -}}
- name: copies
  persistentVolumeClaim:
    claimName: {{ . }}
{{- end -}}

{{/* Mounted where the home looks for it: a folder with its name in that of all copies. */}}
{{- define "home.copiesMount" -}}
- {name: copies, mountPath: {{ printf "/copies/%s" . | quote }}, subPath: {{ . | quote }}}
{{- end -}}
