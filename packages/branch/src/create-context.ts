import { join } from 'node:path';
import type { DesiredBranch } from '@understory/core/desired.ts';
import { Unavailable } from '@understory/core/errors.ts';
import { createIds } from '@understory/core/ids.ts';
import type { Federation } from '@understory/federation/ports.ts';
import type { BranchContext } from './context.ts';
import type { FolderCard } from './folder-card.ts';
import type { BranchParts } from './open-branch.ts';
import { addressesOf } from './services/addresses.ts';
import { createCurrent } from './services/current.ts';
import { createKeyring } from './services/keyring.ts';
import { createMediaFolder } from './services/media-folder.ts';
import { isHeldBack } from './services/newcomers.ts';
import { createRestrictions } from './services/restricting/restrictions.ts';
import { createTrustBook } from './services/trust-book.ts';
import { highestId } from './store/posts.ts';
import type { Store } from './store/store.ts';

/** Puts one branch together by hand (DESIGN section 7). Reads the keys, and nothing else that a first page does not need. */
export function createContext(made: {
	readonly folder: string;
	readonly card: FolderCard;
	readonly store: Store;
	readonly parts: BranchParts;
	readonly desired: () => DesiredBranch;
}): BranchContext {
	const { card, store, parts, desired } = made;
	const { clock, log, outgoing, homeKey } = parts;
	const registerView = (library: string) => parts.registerView(library);
	const current = createCurrent({ desired, registerView, clock });
	const register = () => current.register();
	const restrictions = createRestrictions(store, clock);
	const setAside = {
		isAside: (origin: string) =>
			restrictions.stops(origin, 'everything') || store.read((reading) => isHeldBack(reading, origin)),
		version: () => restrictions.version,
	};
	const ids = createIds(
		clock,
		store.read((reading) => highestId(reading)),
	);
	let woken = Promise.withResolvers<void>();
	let federation: Promise<Federation> | undefined;

	const context: BranchContext = {
		id: card.id,
		origin: card.origin,
		clock,
		log,
		outgoing,
		store,
		desired,
		current,
		ids,
		keyring: createKeyring({ store, branch: card.id, homeKey, clock }),
		book: createTrustBook({
			...{ store, clock, log, outgoing, desired, register, setAside, verify: parts.verify },
			nextId: () => ids.next(),
		}),
		restrictions,
		at: addressesOf(card.origin),
		media: createMediaFolder(join(made.folder, 'media')),
		federation() {
			federation ??= load(context);
			return federation;
		},
		matchLists: parts.matchLists ?? null,
		copiesAway: parts.copiesAway ?? null,
		street: parts.neighborsAtHome ?? null,
		random: parts.random ?? Math.random,
		woken: () => woken.promise,
		wake() {
			woken.resolve();
			woken = Promise.withResolvers();
			parts.wake?.(card.id);
		},
		gone: () => parts.gone?.(card.id),
		async teamList(staffId) {
			if (!parts.teamList) throw new Unavailable('This branch stands alone.', 'no_platform');
			return parts.teamList(card.id, staffId);
		},
	};
	return context;
}

async function load(context: BranchContext): Promise<Federation> {
	const [{ createFederation }, { createPorts }] = await Promise.all([
		import('@understory/federation/federation.ts'),
		import('./services/ports.ts'),
	]);
	return createFederation(createPorts(context));
}
