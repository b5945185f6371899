/**
 * What has to be known of the provisioner's tables when its database is carried to another platform (ADR 128), as SQL for `psql`: whoever carries it opens no
 * schema, since opening brings it to another version.
 */

/** Names branches whose folder is in two places just now: such a platform is not carried, because the copy would not know which of them is the branch. */
export const UNDER_WAY = `
select branch.slug from branch where id in (
	select branch from move where state not in ('held', 'cleared', 'undone')
	union select branch from restore where state in ('carrying', 'laying_out', 'switching', 'undoing')
) order by slug`;

/** The name and kind of every home. */
export const HOMES = 'select name, kind from home order by name';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Has these branches live in folders of the next epoch, so that the folders they were carried from are refused wherever this database counts (DESIGN 5.8).
 * Throws when one is no id.
 */
export function raiseEpochs(branches: readonly string[]): string {
	const wrong = branches.find((id) => !UUID.test(id));
	if (wrong !== undefined) throw new Error('a branch has a UUID');
	if (branches.length === 0) return '';
	const ids = branches.map((id) => `'${id}'`).join(', ');
	return `update branch set epoch = epoch + 1, generation = generation + 1 where id in (${ids});\n`;
}
