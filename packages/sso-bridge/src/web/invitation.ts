import { NotAllowed, toPublicError } from '@understory/core/errors.ts';
import type { BranchRecord, LibraryRecord } from '@understory/core/register.ts';
import { type RequestHandler, Router } from 'express';
import type { Context } from '../context.ts';
import type { Invited } from '../platform.ts';
import { type AccountRow, confirmStaff, staffCandidate } from '../store/accounts.ts';
import type { CardForm, Trouble } from './card-form.ts';
import type { SiteOf } from './site.ts';

/** The page behind an invitation's address: whoever opens it signs in once with their own card and then has the role (DESIGN 5.7). */
export function invitationRoutes(
	context: Context,
	siteOf: SiteOf,
	{ form, slowly }: { form: CardForm; slowly: RequestHandler },
): Router {
	const router = Router();
	const view = 'card/sign-in';

	router.get('/invitation/:token', (request, response) => {
		form.show(request, response, { view, title: 'card.invitation.title', data: { invitation: true } });
	});

	router.post('/invitation/:token', slowly, ...form.body, async (request, response) => {
		const { library, branches } = siteOf(response);
		const sent = form.read(request, response);
		const page = { view, title: 'card.invitation.title', data: { invitation: true } };
		const again = (trouble: Trouble) => form.again(request, response, { page, sent, trouble });
		try {
			const checked = await context.cards(library, sent.given);
			if (checked.outcome !== 'ok') return again(checked);
			const granted = await becomeStaff(context, library, checked.account, String(request.params.token));
			form.show(request, response, invitedPage(granted, branches));
		} catch (error) {
			if (error instanceof NotAllowed) return again({ outcome: 'spent' });
			if (toPublicError(error).status < 500) throw error;
			context.log.error('invitation_failed', { library: library.slug, error });
			again({ outcome: 'ours' });
		}
	});
	return router;
}

/** What whoever accepted is told: their role, and where it is used. */
export function invitedPage({ name, role, branch }: Invited, branches: readonly BranchRecord[]) {
	const title = role === 'panel' ? 'card.invited.panel_title' : 'card.invited.title';
	const data = {
		title,
		name,
		role: `common.role.${role}`,
		branch: branches.find(({ id }) => id === branch),
		panel: role === 'panel',
	};
	return { view: 'card/invited', title, data };
}

/**
 * Offers the account's staff id to the provisioner with the invitation, and makes it theirs when it was taken. The same person may repeat it after
 * a failure and gets the same role. Throws `NotAllowed` for an invitation that is spent or not known.
 */
export async function becomeStaff(
	context: Context,
	library: LibraryRecord,
	account: AccountRow,
	token: string,
): Promise<Invited> {
	const staffId = await staffCandidate(context.database, account, context.randomId());
	const granted = await context.platform.acceptInvitation({ token, library: library.id, staffId });
	await confirmStaff(context.database, account, staffId);
	return granted;
}
