import { Unavailable } from './errors.ts';
import { isRegister, type Register } from './register.ts';

/** What a follower needs from outside, so that this file does no I/O of its own. */
export interface RegisterPorts {
	/** GET of a path under the provisioner, signed by the role's key. Rejects when nobody answers. */
	get(
		path: string,
		ifNoneMatch: string | null,
	): Promise<{ status: number; etag: string | null; body: string }>;
	/** Is this document signed by the platform? */
	verify(document: object): boolean;
	/** Keeps the last good copy where a restart finds it. */
	keep(libraryId: string, body: string): Promise<void>;
	/** The kept copies. */
	kept(): Promise<string[]>;
	/** Told once for each new version, after it was kept. */
	changed?(register: Register): Promise<void> | void;
}

/** The registers a role knows, and a way to look again. */
export interface RegisterFollower {
	/** By library id; the last good copy of each. */
	readonly registers: ReadonlyMap<string, Register>;
	/** Is anything known that can be served by: a kept copy, or what a pull of this process found? */
	readonly isFollowing: boolean;
	/** Takes up the kept copies; call once before serving. A copy that no longer verifies is left aside. */
	load(): Promise<void>;
	/**
	 * Looks at every library once and takes up what is new.
	 * Throws `Unavailable` when the provisioner cannot be reached; what is known stays as it was.
	 */
	pull(): Promise<void>;
	/** The register and branch of an origin's host (`name:port` or `name`), or undefined. */
	byHost(host: string): { register: Register; branch: Register['branches'][number] } | undefined;
}

/** Follows the registers of a platform (DESIGN 5.1): never goes back to an older version, survives a dead provisioner. */
export function followRegisters(ports: RegisterPorts): RegisterFollower {
	const registers = new Map<string, Register>();
	const etags = new Map<string, string>();
	const hosts = new Map<string, { register: Register; branch: Register['branches'][number] }>();

	function take(body: string): Register | null {
		const document: unknown = JSON.parse(body);
		if (!isRegister(document) || !ports.verify(document)) return null;
		const known = registers.get(document.library.id);
		if (known && known.version >= document.version) return null;
		registers.set(document.library.id, document);
		for (const branch of document.branches) {
			hosts.set(new URL(branch.origin).host, { register: document, branch });
		}
		return document;
	}

	async function pullOne(id: string): Promise<void> {
		const answer = await ports.get(`/internal/v1/registers/${id}`, etags.get(id) ?? null);
		if (answer.status === 304) return;
		if (answer.status !== 200)
			throw new Unavailable('The register could not be read.', 'register', {
				detail: `status ${answer.status}`,
			});
		const fresh = take(answer.body);
		if (answer.etag) etags.set(id, answer.etag);
		if (!fresh) return;
		await ports.keep(id, answer.body);
		await ports.changed?.(fresh);
	}

	let following = false;
	let pulling: Promise<void> | null = null;
	async function pullAll(): Promise<void> {
		const answer = await ports.get('/internal/v1/registers', null).catch((cause: unknown) => {
			throw new Unavailable('The provisioner does not answer.', 'provisioner_silent', { cause });
		});
		if (answer.status !== 200) {
			throw new Unavailable('The provisioner refused to show its registers.', 'provisioner_refuses', {
				detail: `status ${answer.status}`,
			});
		}
		const { libraries } = JSON.parse(answer.body) as { libraries: { id: string; version: number }[] };
		for (const { id, version } of libraries) {
			if ((registers.get(id)?.version ?? 0) < version) await pullOne(id);
		}
		following = true;
	}

	return {
		registers,
		get isFollowing() {
			return following || registers.size > 0;
		},
		async load() {
			for (const body of await ports.kept()) {
				const register = take(body);
				if (register) await ports.changed?.(register);
			}
		},
		// Pulls that overlap would take the same version twice; the later caller needs one that began after it asked.
		async pull() {
			while (pulling) await pulling.catch(() => undefined);
			pulling = pullAll().finally(() => {
				pulling = null;
			});
			await pulling;
		},
		byHost: (host) => hosts.get(host),
	};
}
