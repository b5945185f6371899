/** A cluster that somebody points the tests at. */
export interface OwnCluster {
	/** The file that leads there. */
	readonly kubeconfig: string;
	/** Of the server that stands in for a home, where its nodes get it. */
	readonly image: { readonly repository: string; readonly tag: string };
}

/** Reads which one. Throws with a sentence when it is not said. */
export function ownCluster({
	KUBECONFIG: kubeconfig,
	UNDERSTORY_TEST_IMAGE: image = '',
}: NodeJS.ProcessEnv): OwnCluster {
	if (!kubeconfig) throw new Error('Say in KUBECONFIG which file leads to your cluster.');
	const [, repository, tag] = /^(.+):([^:/]+)$/.exec(image) ?? [];
	if (!repository || !tag) {
		throw new Error(
			'Say in UNDERSTORY_TEST_IMAGE, as NAME:TAG, where your nodes get the server that stands in for a home; CONTRIBUTING.md says how it is made.',
		);
	}
	return { kubeconfig, image: { repository, tag } };
}
