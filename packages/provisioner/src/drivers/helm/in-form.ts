import type * as Client from '@kubernetes/client-node';

/** Asked for in this form, the API server leaves out all but the metadata (Kubernetes, "Efficient detection of changes"). */
export type MetadataForm = 'PartialObjectMetadata' | 'PartialObjectMetadataList';

/** The same way to the cluster, on which answers have this form. The client writes its own `Accept` before it says who asks. */
export function answeringIn(
	{ KubeConfig }: Pick<typeof Client, 'KubeConfig'>,
	config: Client.KubeConfig,
	form: MetadataForm,
): Client.KubeConfig {
	class InForm extends KubeConfig {
		override async applySecurityAuthentication(context: Client.RequestContext): Promise<void> {
			await super.applySecurityAuthentication(context);
			context.setHeaderParam('Accept', `application/json;as=${form};g=meta.k8s.io;v=v1`);
		}
	}
	const asked = new InForm();
	const { clusters, users, contexts, currentContext } = config;
	asked.loadFromOptions({ clusters, users, contexts, currentContext });
	return asked;
}
