import { PublicError } from '@understory/core/errors.ts';
import { KILLED } from './killed-helm.ts';

/** Sentences for what Helm and the API server each say in their own way. */
export const SAYS = {
	silent: 'The cluster does not answer. Nothing was lost; it is tried again.',
	noRight:
		'The cluster does not let the platform do this. Compare its rights with the list in the documentation.',
	unknown:
		'The cluster does not know the platform by what it shows: its token ran out, or was taken back. Write a new kubeconfig.',
	kubeconfig: 'The file that says how to reach the cluster cannot be used. Write a new kubeconfig.',
	noNamespace: 'The namespace for homes does not exist in the cluster. Make it, or change the setting.',
	noDatabase:
		'The database in which Helm keeps what it knows of homes does not let it in. Nothing was lost; it is tried again.',
	noRoom: 'The namespace has no room left. Raise its quota, or stop a home that nobody needs.',
} as const;

/** What Helm or the API server says, and the sentence for it. In this order: the first that matches is the reason. */
const REASONS: readonly (readonly [says: RegExp, code: string, sentence: string])[] = [
	[
		/cannot be run: ENOENT/,
		'helm_missing',
		'The program helm is not where the settings say. Put it there, or change the setting.',
	],
	[
		/^ended by SIG/,
		KILLED,
		'Helm was ended before it was done, perhaps because memory was short. It is tried again.',
	],
	[
		/^hung:/,
		'helm_hung',
		'Helm did not end in time, and was ended. Does the cluster answer, and is it slow? It is tried again.',
	],
	[
		/values don't meet the specifications of the schema/,
		'chart_refused',
		'The chart does not take these values. The log names each; correct the settings of the platform.',
	],
	[
		/can ?not be less than (?:previous value|status\.capacity)/,
		'volume_smaller',
		'A volume can grow and never shrink. Put its size in the settings back to what it was, or make it larger.',
	],
	[
		/only dynamically provisioned pvc can be resized/,
		'volume_stays',
		'The storage class of this volume does not let it grow. Let the class allow it, or put the size in the settings back to what it was.',
	],
	[
		/spec is immutable after creation except/,
		'volume_fixed',
		'The storage class of a volume that is there cannot be changed, nor its size before a node has used it. Put both in the settings back to what they were; a branch comes to another class by moving to another home.',
	],
	[/instantiate SQL driver|\bpq: /i, 'helm_database', SAYS.noDatabase],
	[/exceeded quota/, 'quota_full', SAYS.noRoom],
	[/Unauthorized|must be logged in to the server/, 'no_right', SAYS.unknown],
	[/is forbidden|forbidden: User/i, 'no_right', SAYS.noRight],
	[/namespaces? .* not found/, 'no_namespace', SAYS.noNamespace],
	[
		/another operation \(install\/upgrade\/rollback\) is in progress/,
		'busy',
		'Somebody else is changing this home just now. It is tried again.',
	],
	[
		/connection refused|no such host|i\/o timeout|context deadline exceeded|cluster unreachable|EOF/i,
		'cluster_silent',
		SAYS.silent,
	],
	[
		/invalid configuration|no configuration has been provided|error loading config/,
		'kubeconfig',
		SAYS.kubeconfig,
	],
	[
		/release name is invalid|invalid release name|longer than 53/i,
		'name',
		'The name of this home is not one that Helm takes: small letters, digits and hyphens, 53 at most.',
	],
];

/** After which of these a home that is new would be left half made, with nobody at it. */
export const REFUSED: readonly string[] = ['chart_refused', 'name', 'quota_full', 'no_right', 'no_namespace'];

/** What lies outside of what a home is made of: it goes away without anybody changing that. */
export const OUTSIDE: readonly string[] = [
	...[
		'quota_full',
		'no_right',
		'no_namespace',
		'cluster_refused',
		'namespace_taken',
		'no_library_namespaces',
	],
	...['home_held_up', 'secret_missing', 'volume_lost', 'drift_again', 'version_gone'],
];

/** After these nothing is known of what a home was to be brought to: nobody got so far. */
const NOTHING_SAID: readonly string[] = [
	...['cluster_silent', 'helm_missing', 'helm_database', 'kubeconfig', 'busy', 'helm_hung', KILLED],
	...['home_slow', 'version_stopped', 'home_busy', 'lease_lost'],
];

/** Whether a fault says something of what a home was brought to, or of what it needs. */
export function isJudgement(error: unknown): error is PublicError {
	return error instanceof PublicError && !NOTHING_SAID.includes(error.code);
}

/** The sentence for what Helm wrote to its error output. What it wrote is for the log alone. */
export function toHelmFault(said: string): PublicError {
	const known = REASONS.find(([says]) => says.test(said));
	const [, code, sentence] = known ?? [
		null,
		'helm_failed',
		'Helm could not do this. Its reason is in the log of the platform.',
	];
	return new PublicError(502, code, sentence, { detail: said.trim().slice(0, 2_000) });
}
