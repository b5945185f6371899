import { dateIn } from '@understory/core/calendar.ts';
import type { Context } from '../context.ts';
import { toldTo } from '../restricting/told.ts';
import { type AccountRow, linksOf } from '../store/accounts.ts';
import { recoveryCodeMonth, waitingDeskCodes } from '../store/codes.ts';
import { erasureDue } from '../store/erasures.ts';
import { passkeysOf } from '../store/passkeys.ts';
import { signInsOf } from '../store/sign-ins.ts';
import type { Site } from '../web/site.ts';

/**
 * Everything that is stored about somebody, for themselves (GDPR articles 15 and 20): as it stands in the tables, without the hashes, which say
 * nothing to anybody, and with the names by which each branch would know them.
 */
export async function storedOf(
	context: Context,
	{ library, branches }: Site,
	account: AccountRow,
): Promise<object> {
	const { database, clock } = context;
	const keys = context.keysOf(library.id);
	const leaving = await erasureDue(database, account.id);
	const told = await toldTo(context, account);
	const restriction =
		told === 'unproven'
			? { by: 'a day pass that was made for a card' }
			: told && { from: told.from, until: told.lastDay, reason: told.reason, appeal: told.appeal };
	const [links, passkeys, signIns, recovery, desk] = await Promise.all([
		linksOf(database, account.id),
		passkeysOf(database, account.id),
		signInsOf(database, account.id),
		recoveryCodeMonth(database, account.id),
		waitingDeskCodes(database, account.id, clock.now()),
	]);
	return {
		library: library.name,
		account: {
			age_band: account.age_band,
			standing: account.standing,
			locked: account.locked,
			staff: account.staff_id !== null,
			created_month: account.created_month,
			last_seen_month: account.seen_month,
			vouched_week: account.vouched_week,
		},
		known_by: links.map(({ kind, first_seen, last_ok }) => ({ kind, first_seen, last_ok })),
		restriction,
		deleted_on: leaving === null ? null : dateIn(library.zone, leaving),
		recovery_code_made: recovery,
		codes_from_the_desk_waiting: desk,
		passkeys: passkeys.map(({ device, added_month, used_month }) => ({ device, added_month, used_month })),
		sign_ins: signIns.map(({ day, device, way, standing, ended }) => ({ day, device, way, standing, ended })),
		name_at_each_branch: branches.map(({ name, origin, sector }) => ({
			branch: name,
			address: origin,
			name: keys.subject(sector, account.id),
		})),
	};
}
