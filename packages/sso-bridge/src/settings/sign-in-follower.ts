import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogueNetwork } from '@understory/core/catalogue-network.ts';
import type { Log } from '@understory/core/log.ts';
import { type BoxKey, openBox } from '@understory/core/sealed-box.ts';
import { type SignInDocument, type SignInReport, signInAbout } from '@understory/core/sign-in-document.ts';
import { mapSecrets } from '@understory/core/sign-in-secrets.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import type { SigningKeyOrder } from '@understory/core/signing-keys.ts';
import type { StoredLine } from '@understory/core/stored.ts';
import type { SettingsCheck } from '../card/settings.ts';
import { keepFile } from '../kept-file.ts';
import type { Platform } from '../platform.ts';

/** How each library signs people in, as its IT said it last. */
export interface SignInFollower {
	/** By the library's id; null while nobody said. Secrets in it are open, so it stays in memory. */
	of(library: string): SignInSettings | null;
	/** The networks that the platform allowed for its catalogue. */
	networksOf(library: string): readonly CatalogueNetwork[];
	/** Takes up the kept documents; call once before serving. One that cannot be opened is left aside, and said in the log. */
	load(): Promise<void>;
	/** Looks for what is new, runs the self-tests that were asked for, counts what somebody wants counted, and sees to signing keys. Throws `Unavailable` when the provisioner cannot be reached. */
	pull(): Promise<void>;
}

export interface SignInFollowerParts {
	readonly platform: Pick<Platform, 'signIns' | 'signIn' | 'report' | 'reportStored' | 'isSigned'>;
	/** Where documents are kept, their secrets sealed. */
	readonly folder: string;
	/** The first is told to others; those after it still open what was sealed before a change. */
	readonly keys: readonly BoxKey[];
	readonly log: Log;
	/** What only the bridge can tell of settings: patterns, certificates. */
	readonly faultsOf: SettingsCheck;
	/** Counts what is kept about the patrons of a library. */
	countStored(library: string): Promise<StoredLine[]>;
	/** Does what is to be done with signing keys. */
	orderKeys(orders: readonly SigningKeyOrder[]): Promise<void>;
	/** Tries settings against their catalogue. */
	selfTest(library: string, settings: SignInSettings): Promise<Pick<SignInReport, 'ok' | 'steps'>>;
}

interface Taken {
	readonly settings: SignInSettings;
	readonly usable: boolean;
}

/** What the self-test comes to when the settings themselves cannot be used. */
const UNUSABLE: Pick<SignInReport, 'ok' | 'steps'> = {
	ok: false,
	steps: [{ step: 'settings', outcome: 'failed', why: 'not_usable', milliseconds: 0 }],
};

/** Follows the settings (DESIGN 5.1's way: the last good copy serves while the provisioner is silent, and nothing goes back to an older version). */
export function followSignIn({
	platform,
	folder,
	keys,
	log,
	faultsOf,
	countStored,
	orderKeys,
	selfTest,
}: SignInFollowerParts): SignInFollower {
	const known = new Map<string, SignInSettings>();
	const networks = new Map<string, { readonly issued: number; readonly all: readonly CatalogueNetwork[] }>();
	const marks = new Map<string, number>();

	function open({ library, settings }: Said): SignInSettings {
		const about = signInAbout(library);
		return mapSecrets(settings, (_path, sealed) => openWithAny(keys, about, sealed));
	}

	/** Takes settings that can be used; those that cannot leave the ones before in force, and are said in the log. */
	function take(document: Said): Taken {
		const { library } = document;
		const settings = open(document);
		const [fault] = faultsOf(settings);
		if (fault) {
			log.error('sign_in_not_usable', { library, error_code: fault.field });
			return { settings, usable: false };
		}
		if ((known.get(library)?.version ?? 0) <= settings.version) known.set(library, settings);
		return { settings, usable: true };
	}

	/** Networks are the platform's word, and in force with it, whatever the settings are worth. */
	function takeNetworks({ library, networks: all = [], issued }: SignInDocument): void {
		if ((networks.get(library)?.issued ?? 0) <= issued) networks.set(library, { issued, all });
	}

	async function test({ library, test, answered }: SignInDocument, taken: Taken): Promise<void> {
		if (test <= answered) return;
		const found = taken.usable ? await selfTest(library, taken.settings) : UNUSABLE;
		await platform.report({ library, test, version: taken.settings.version, ...found });
	}

	async function pullOne({ library, mark }: { library: string; mark: number }): Promise<void> {
		if ((marks.get(library) ?? -1) >= mark) return;
		const document = await platform.signIn(library);
		takeNetworks(document);
		const taken = isSaid(document) ? take(document) : null;
		keepFile(join(folder, `${library}.json`), JSON.stringify(document));
		if (taken) await test(document, taken);
		marks.set(library, mark);
	}

	async function tellStored({ library, operation }: { library: string; operation: string }): Promise<void> {
		await platform.reportStored({ library, operation, lines: await countStored(library) });
	}

	let pulling: Promise<void> | null = null;
	async function pullAll(): Promise<void> {
		// A provisioner from before there were orders names none.
		const { libraries, counts, key_orders: orders = [] } = await platform.signIns(keys[0]!.publicKey);
		// One library's trouble is not another's, and a count that fails keeps no settings back.
		for (const one of libraries) {
			await pullOne(one).catch((error: unknown) => {
				log.error('sign_in_not_taken', { library: one.library, error });
			});
		}
		for (const one of counts) {
			await tellStored(one).catch((error: unknown) => {
				log.error('stored_not_told', { library: one.library, error });
			});
		}
		await orderKeys(orders).catch((error: unknown) => log.error('signing_keys_not_told', { error }));
	}

	return {
		of: (library) => known.get(library) ?? null,
		networksOf: (library) => networks.get(library)?.all ?? [],
		async load() {
			for (const name of await namesIn(folder)) {
				try {
					const document = JSON.parse(await readFile(join(folder, name), 'utf8')) as SignInDocument;
					if (!platform.isSigned(document)) continue;
					takeNetworks(document);
					if (isSaid(document)) take(document);
				} catch (error) {
					log.error('sign_in_not_opened', { error });
				}
			}
		},
		async pull() {
			while (pulling) await pulling.catch(() => undefined);
			pulling = pullAll().finally(() => {
				pulling = null;
			});
			await pulling;
		},
	};
}

/** A document in which library IT has said something. */
type Said = SignInDocument & { readonly settings: SignInSettings };

function isSaid(document: SignInDocument): document is Said {
	return document.settings !== null;
}

function openWithAny(keys: readonly BoxKey[], about: string, sealed: string): string {
	for (const [i, key] of keys.entries()) {
		try {
			return openBox(key, about, sealed);
		} catch (error) {
			if (i === keys.length - 1) throw error;
		}
	}
	throw new Error('there is no key to open it with');
}

async function namesIn(folder: string): Promise<string[]> {
	const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return [];
		throw error;
	});
	return names.filter((name) => name.endsWith('.json'));
}
