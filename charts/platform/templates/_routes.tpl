{{/* What the provisioner is told of the roles that each library has a name for, which it leads people to. */}}
{{- define "platform.routes" -}}
{{- dict
  "namespace" .Release.Namespace
  "services" (dict
    "card" (include "common.name" (dict "root" . "part" "sso-bridge"))
    "accountability" (include "common.name" (dict "root" . "part" "accountability")))
  "byHand" .Values.route.libraries
  "route" (omit .Values.route "libraries") | toJson -}}
{{- end -}}

{{/* What it may do for that in the namespace of the platform, where the roles are: routes, and for an Ingress its certificate. */}}
{{- define "platform.routesRole" -}}
{{- $name := include "common.name" (merge (dict "part" "routes") .) -}}
{{- $write := list "list" "create" "patch" "delete" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ $name }}
  labels: {{- include "common.labels" . | nindent 4 }}
rules:
  {{- if eq .root.Values.route.kind "gateway" }}
  - apiGroups: [gateway.networking.k8s.io]
    resources: [httproutes]
    verbs: {{ $write | toJson }}
  {{- else }}
  - apiGroups: [networking.k8s.io]
    resources: [ingresses]
    verbs: {{ $write | toJson }}
  {{- if .root.Values.route.certificates.issuer }}
  - apiGroups: [cert-manager.io]
    resources: [certificates]
    verbs: {{ $write | toJson }}
  {{- end }}
  {{- end }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ $name }}
  labels: {{- include "common.labels" . | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ $name }}
subjects:
  - kind: ServiceAccount
    name: {{ include "common.name" . }}
    namespace: {{ .root.Release.Namespace }}
{{- end -}}

{{/* RBAC knows no "its own": of what leads people to the platform, the provisioner changes nothing that it did not write itself, such as the way to the console. */}}
{{- define "platform.routesPolicy" -}}
{{- $name := include "cluster.name" (dict "root" .root "part" "routes") -}}
{{- $ours := "metadata.?labels[?'understory/routes'].orValue('') == 'provisioner'" -}}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: {{ $name }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  failurePolicy: Fail
  matchConstraints:
    namespaceSelector:
      matchLabels:
        kubernetes.io/metadata.name: {{ .root.Release.Namespace }}
    resourceRules:
      - apiGroups: [gateway.networking.k8s.io, networking.k8s.io, cert-manager.io]
        apiVersions: ["*"]
        operations: [CREATE, UPDATE, DELETE]
        resources: [httproutes, ingresses, certificates]
  matchConditions:
    - name: provisioner
      expression: request.userInfo.username == 'system:serviceaccount:{{ .root.Release.Namespace }}:{{ include "common.name" . }}'
  validations:
    - expression: (object == null || object.{{ $ours }}) && (oldObject == null || oldObject.{{ $ours }})
      message: The provisioner changes no route here that it did not write itself
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: {{ $name }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  policyName: {{ $name }}
  validationActions: [Deny]
{{- end -}}
