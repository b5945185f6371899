import { Unavailable, UnknownHost } from '@understory/core/errors.ts';
import type { Register } from '@understory/core/register.ts';
import type { Provider } from 'oidc-provider';
import type { Context } from '../context.ts';
import type { Site } from '../web/site.ts';
import { clientsDigest, createProvider } from './provider.ts';

/** The issuers of a platform: one for each library, made when first asked for and again when its branches change. */
export interface Issuers {
	/**
	 * The site of a card host (`name:port`). Throws `UnknownHost` when no library has it, and `Unavailable` while nobody knows any library
	 * because the provisioner is silent.
	 */
	siteOf(host: string | undefined): Promise<Site>;
}

export function createIssuers(context: Context): Issuers {
	const { registers } = context;
	const providers = new Map<string, { digest: string; provider: Promise<Provider> }>();
	let looking: Promise<void> | null = null;

	function registerOf(host: string): Register | undefined {
		return [...registers.registers.values()].find(
			({ library }) => new URL(library.card_origin).host === host,
		);
	}

	function providerOf(register: Register): Promise<Provider> {
		const digest = clientsDigest(register);
		const known = providers.get(register.library.id);
		if (known?.digest === digest) return known.provider;
		const provider = createProvider(context, register);
		providers.set(register.library.id, { digest, provider });
		provider.catch(() => {
			if (providers.get(register.library.id)?.provider === provider) providers.delete(register.library.id);
		});
		return provider;
	}

	/** However many strangers ask for hosts that are not there, the provisioner is asked by one of them at a time. */
	function look(): Promise<void> {
		looking ??= registers.pull().finally(() => {
			looking = null;
		});
		return looking;
	}

	return {
		async siteOf(host) {
			if (!host) throw new UnknownHost();
			if (!registerOf(host)) {
				// Perhaps a library that was made a moment ago.
				await look().catch((cause: unknown) => {
					if (registers.registers.size > 0) throw new UnknownHost(undefined, { cause });
					throw new Unavailable('Sign-in is not ready yet. Try again in a minute.', 'register', { cause });
				});
			}
			const register = registerOf(host);
			if (!register) throw new UnknownHost();
			const { library, branches } = register;
			return { library, branches, provider: await providerOf(register) };
		},
	};
}
