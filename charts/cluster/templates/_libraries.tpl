{{/* A label's value by which the platform knows the namespaces that it made, and its network lets in what runs there. */}}
{{- define "cluster.mark" -}}
{{ .Release.Namespace }}
{{- end -}}

{{/* Names of what belongs to the whole cluster: two platforms may stand in one. Takes: root, part. */}}
{{- define "cluster.name" -}}
{{ printf "%s-%s-%s" .root.Release.Namespace .root.Release.Name .part }}
{{- end -}}

{{/* What the provisioner is told of the namespaces that it makes, one for each library. */}}
{{- define "cluster.libraries" -}}
{{- $at := .root.Values.homes.libraries -}}
{{- dict
  "prefix" $at.prefix
  "platform" (include "cluster.mark" .root)
  "role" (include "cluster.name" (dict "root" .root "part" "library"))
  "account" (dict "name" (include "common.name" .) "namespace" .root.Release.Namespace)
  "quota" (ternary (omit $at.quota "enabled") nil $at.quota.enabled) | toJson -}}
{{- end -}}

{{/*
  What the provisioner may do in the whole cluster: make namespaces, and give itself in them one role and no other. RBAC knows no "its own", so the
  admission policy below says which those are. The role holds nowhere but where it is bound.
*/}}
{{- define "cluster.librariesRights" -}}
{{- $library := include "cluster.name" (dict "root" .root "part" "library") -}}
{{- $namespaces := include "cluster.name" (dict "root" .root "part" "namespaces") -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ $library }}
  labels: {{- include "common.labels" . | nindent 4 }}
{{ include "cluster.rights" .root }}
  - apiGroups: [""]
    resources: [resourcequotas, limitranges]
    verbs: [create, patch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ $namespaces }}
  labels: {{- include "common.labels" . | nindent 4 }}
rules:
  - apiGroups: [""]
    resources: [namespaces]
    verbs: [create, patch]
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [rolebindings]
    verbs: [create, patch]
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [clusterroles]
    resourceNames: [{{ $library }}]
    verbs: [bind, get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ $namespaces }}
  labels: {{- include "common.labels" . | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ $namespaces }}
subjects:
  - kind: ServiceAccount
    name: {{ include "common.name" . }}
    namespace: {{ .root.Release.Namespace }}
{{- end -}}

{{/* Which namespaces are the provisioner's: those that it made and labelled so itself. It cannot take another's by labelling it later. */}}
{{- define "cluster.librariesPolicy" -}}
{{- $name := include "cluster.name" (dict "root" .root "part" "namespaces") -}}
{{- $mark := include "cluster.mark" .root -}}
{{- $ours := printf "metadata.?labels[?'understory/platform'].orValue('') == '%s'" $mark -}}
{{- $isNamespace := "request.resource.resource == 'namespaces'" -}}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: {{ $name }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
      - apiGroups: [""]
        apiVersions: ["*"]
        operations: [CREATE, UPDATE]
        resources: [namespaces]
      - apiGroups: [rbac.authorization.k8s.io]
        apiVersions: ["*"]
        operations: [CREATE, UPDATE]
        resources: [rolebindings]
  matchConditions:
    - name: provisioner
      expression: request.userInfo.username == 'system:serviceaccount:{{ .root.Release.Namespace }}:{{ include "common.name" . }}'
  variables:
    - name: name
      expression: "{{ $isNamespace }} ? object.metadata.name : request.namespace"
    - name: said
      expression: "'The namespace ' + variables.name + ' is not one of this platform'"
  validations:
    - expression: "!({{ $isNamespace }}) || request.operation == 'CREATE' || oldObject.{{ $ours }}"
      messageExpression: variables.said
    - expression: "!({{ $isNamespace }}) || (object.{{ $ours }} && object.metadata.name.startsWith('{{ .root.Values.homes.libraries.prefix }}'))"
      messageExpression: variables.said
    - expression: "!({{ $isNamespace }}) || object.metadata.?labels[?'pod-security.kubernetes.io/enforce'].orValue('') == 'restricted'"
      message: A namespace of a library lets in only pods that are restricted
    - expression: "{{ $isNamespace }} || namespaceObject.{{ $ours }}"
      messageExpression: variables.said
    - expression: "{{ $isNamespace }} || object.subjects.all(one, one.kind == 'ServiceAccount' && one.name == '{{ include "common.name" . }}' && one.namespace == '{{ .root.Release.Namespace }}')"
      message: The provisioner gives rights to itself and to nobody else
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
