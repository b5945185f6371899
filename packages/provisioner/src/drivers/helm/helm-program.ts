import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { toHelmFault } from './helm-faults.ts';
import { despiteKills } from './killed-helm.ts';

/** A revision of a release. */
export interface Release {
	readonly revision: number;
	readonly status: string;
	/** Its objects as they were applied, as YAML. Not for a log: nothing secret is in it, but everything else. */
	readonly manifest: string;
}

/** The `helm` program, as this driver uses it (version 4). Every failure is a `PublicError` with a sentence for an operator. */
export interface Helm {
	/** The last revision of a release, or the one of this number. Null when there is none, or it was uninstalled. */
	status(name: string, revision?: number): Promise<Release | null>;
	/** Installs a chart, or changes the release to it. Does not wait for what runs. */
	apply(name: string, chart: string, values: object): Promise<void>;
	/** Goes back to a revision; which one is never left to Helm. */
	rollBack(name: string, revision: number): Promise<void>;
	/** Takes a release away and waits until its pods are gone; what the chart keeps stays. One that is not there is no fault. */
	uninstall(name: string): Promise<void>;
}

export interface HelmSettings {
	/** The program. */
	readonly program: string;
	/** How to reach the cluster. */
	readonly kubeconfig: string;
	readonly namespace: string;
	/** A folder of its own for what Helm caches. */
	readonly folder: string;
	/** Where it keeps releases, as `storageVariables` says it; in Secrets of the namespace unless said otherwise. */
	readonly storage?: Readonly<Record<string, string>>;
	readonly patience?: HelmPatience;
}

/** How long one run may take, in milliseconds. */
export interface HelmPatience {
	/** Before it is asked to end; Helm marks its release as failed then. */
	readonly asked: number;
	/** After that, before it is ended without being asked; its release stays locked then, and is unlocked by whatever comes next. */
	readonly ended: number;
}

const PATIENCE: HelmPatience = { asked: 150_000, ended: 15_000 };
/** Below that, so that Helm is the first to give up: it says what it waited for. */
const HELM_PATIENCE = '120s';
/** How many revisions it keeps. One that is killed leaves two, and what ran before is to be there after two of them (ADR 131). */
const REVISIONS = '6';

export function createHelm(settings: HelmSettings): Helm {
	mkdirSync(settings.folder, { recursive: true });
	const always = ['--namespace', settings.namespace, '--kubeconfig', settings.kubeconfig];
	const run = (words: readonly string[], input = '') => runHelm(settings, [...words, ...always], input);
	return {
		async status(name, revision) {
			const which = revision === undefined ? [] : ['--revision', String(revision)];
			const words = ['status', name, ...which, '--output', 'json'];
			const { code, out, err } = await despiteKills(() => run(words));
			if (code !== 0) {
				if (/release: not found/.test(err)) return null;
				throw toHelmFault(err);
			}
			// It holds the chart's values too, which nobody is to log.
			const { version, info, manifest } = JSON.parse(out) as {
				version: number;
				info: { status: string };
				manifest: string;
			};
			return info.status === 'uninstalled' ? null : { revision: version, status: info.status, manifest };
		},
		async apply(name, chart, values) {
			const { code, err } = await run(
				[
					...['upgrade', name, chart, '--install', '--values', '-', '--history-max', REVISIONS],
					// What a hand changed is changed back: the platform is who decides (reference/kubernetes.md B1).
					...['--server-side=true', '--force-conflicts', '--wait=hookOnly', '--timeout', HELM_PATIENCE],
				],
				JSON.stringify(values),
			);
			if (code !== 0) throw toHelmFault(err);
		},
		async rollBack(name, revision) {
			const words = [
				'rollback',
				name,
				String(revision),
				'--history-max',
				REVISIONS,
				'--force-conflicts',
				'--wait=hookOnly',
				'--timeout',
				HELM_PATIENCE,
			];
			const { code, err } = await run(words);
			if (code !== 0) throw toHelmFault(err);
		},
		async uninstall(name) {
			const words = ['uninstall', name, '--ignore-not-found', '--wait', '--timeout', HELM_PATIENCE];
			const { code, err } = await run(words);
			if (code !== 0) throw toHelmFault(err);
		},
	};
}

/** Runs the program with nothing of this process's environment but what it needs; values come by its input, never by its words or a file. */
function runHelm(
	{ program, folder, storage, patience = PATIENCE }: HelmSettings,
	words: readonly string[],
	input: string,
): Promise<{ code: number; out: string; err: string }> {
	const env = {
		HOME: folder,
		HELM_CACHE_HOME: join(folder, 'cache'),
		HELM_CONFIG_HOME: join(folder, 'config'),
		HELM_DATA_HOME: join(folder, 'data'),
		...storage,
	};
	return new Promise((resolve, reject) => {
		const child = spawn(program, words, { env, stdio: 'pipe' });
		let hangs = false;
		const timers = [
			setTimeout(() => {
				hangs = true;
				child.kill('SIGTERM');
			}, patience.asked),
			// What it left open may outlive it, so its output is not waited for.
			setTimeout(() => {
				child.kill('SIGKILL');
				child.stdout.destroy();
				child.stderr.destroy();
			}, patience.asked + patience.ended),
		];
		const over = () => timers.forEach(clearTimeout);
		let out = '';
		let err = '';
		child.stdout.setEncoding('utf8').on('data', (piece: string) => {
			out += piece;
		});
		child.stderr.setEncoding('utf8').on('data', (piece: string) => {
			// Enough for a reason; a schema that refuses much says much.
			if (err.length < 20_000) err += piece;
		});
		child.once('error', (cause) => {
			over();
			reject(toHelmFault(`cannot be run: ${(cause as NodeJS.ErrnoException).code}`));
		});
		child.once('close', (code, signal) => {
			over();
			if (hangs) reject(toHelmFault(`hung: ${err}`));
			else if (code !== null) resolve({ code, out, err });
			else reject(toHelmFault(`ended by ${signal}`));
		});
		// A program that ends before it has read everything is told by its exit code.
		child.stdin.on('error', () => undefined);
		child.stdin.end(input);
	});
}
