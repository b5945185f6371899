import { PublicError } from '@understory/core/errors.ts';
import type { Upgrader } from '../drivers/upgrader.ts';

/** So many homes of a cell are asked about at the same time. */
const AT_ONCE = 4;

/** The versions of homes by name, as far as they are known. */
export interface KnownVersions {
	readonly versions: ReadonlyMap<string, string | null>;
	/** Names of homes whose cell does not answer. */
	readonly unknown: readonly string[];
}

/**
 * Which version each home has; each cell is asked by itself, a few homes at a time. Once a cell does not answer about one, nothing more is asked of it,
 * so a lost cell takes the time of one question. Throws what is no fault of a cell.
 */
export async function versionsOf(
	upgrader: Pick<Upgrader, 'versionOf'>,
	homes: readonly { readonly name: string; readonly cell: string }[],
): Promise<KnownVersions> {
	const versions = new Map<string, string | null>();
	const cells = Map.groupBy(homes, ({ cell }) => cell);
	await Promise.all(
		[...cells.values()].map(async (inCell) => {
			const left = inCell.values();
			let isSilent = false;
			async function ask(): Promise<void> {
				for (const { name } of left) {
					if (isSilent) return;
					try {
						versions.set(name, await upgrader.versionOf(name));
					} catch (error) {
						if (!(error instanceof PublicError) || error.status < 500) throw error;
						isSilent = true;
					}
				}
			}
			await Promise.all(Array.from({ length: AT_ONCE }, ask));
		}),
	);
	return { versions, unknown: homes.flatMap(({ name }) => (versions.has(name) ? [] : [name])).sort() };
}
