import { clocksSentence } from '@understory/core/clock.ts';
import type { Enrolled, Enrolment, RoleKind } from '@understory/core/desired.ts';
import { Malformed, NotAllowed } from '@understory/core/errors.ts';
import { type PublicKey, parsePublicKey, publicKeyOf } from '@understory/transparency-log/keys.ts';
import { verifyDocument } from '@understory/transparency-log/signed-document.ts';
import type { Context } from '../context.ts';
import { hashToken, roleByKey } from '../store/access.ts';
import { lock } from '../store/database.ts';

const KINDS: readonly RoleKind[] = ['home', 'sso-bridge', 'accountability', 'edge'];
/** How old an enrolment may be, in milliseconds. */
const FRESH = 5 * 60_000;

/**
 * Takes a role up by its key (DESIGN 5.2). The document is signed with the key it presents; the first time it also carries a one-time
 * token of its kind, afterwards the key is enough and only the address is renewed. Throws `Malformed` or `NotAllowed`.
 */
export async function enrol(context: Context, body: unknown): Promise<Enrolled> {
	const { document, key } = readEnrolment(body);
	if (!verifyDocument(document, [key]))
		throw new NotAllowed('The enrolment is not signed by the key it presents.', 'signature');
	const now = context.clock.now();
	if (Math.abs(now - document.issued) > FRESH)
		throw new NotAllowed(`This enrolment is not of now. ${clocksSentence(document.issued, now)}`, 'expired');
	return context.database.transaction(async (transaction) => {
		await lock(transaction, `role:${key.id}`);
		const known = await roleByKey(transaction, key.id);
		const place = { internal_url: document.internal_url ?? null, seen_at: now };
		if (known) {
			if (known.kind !== document.kind)
				throw new NotAllowed('This key belongs to another kind of role.', 'kind');
			// Else whoever gave the keys of one home to another would have both at the address of one.
			if (known.kind === 'home' && known.name !== document.name)
				throw new NotAllowed(`This is the key of the home ${known.name}, and this one is another.`, 'name');
			await transaction('role').where({ id: known.id }).update(place);
			return { role_id: known.id, platform_key: publicKeyOf(context.platformKey) };
		}
		const id = context.randomId();
		const spent = await transaction('enrolment_token')
			.where({ hash: hashToken(String(document.token ?? '')), kind: document.kind })
			.whereNull('used_by')
			.where('expires', '>=', now)
			.where((token) => token.whereNull('name').orWhere('name', document.name))
			.update({ used_by: id });
		if (spent !== 1)
			throw new NotAllowed('The enrolment token is not known, was used, or has expired.', 'token');
		await transaction('role').insert({
			id,
			kind: document.kind,
			name: document.name,
			key_id: key.id,
			public_key: key.publicKey,
			...place,
		});
		return { role_id: id, platform_key: publicKeyOf(context.platformKey) };
	});
}

function readEnrolment(body: unknown): { document: Enrolment; key: PublicKey } {
	const document = (body ?? {}) as Enrolment;
	const key = parsePublicKey(document.public_key);
	const { type, kind, name, issued, internal_url: url } = document;
	const named = typeof name === 'string' && name.length > 0 && name.length <= 100;
	const placed = (url ?? null) === null ? kind !== 'home' : isHttp(url);
	const inForm = type === 'understory/enrolment/v1' && KINDS.includes(kind) && typeof issued === 'number';
	if (!inForm || !key || !named || !placed) throw new Malformed('This is not an enrolment.');
	return { document, key };
}

function isHttp(url: unknown): boolean {
	return typeof url === 'string' && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

/** A one-time token with which a role of a kind can enrol, under that name alone unless it is null. Only its hash is kept. */
export async function makeEnrolmentToken(
	context: Context,
	who: { readonly kind: RoleKind; readonly name: string | null },
	token: string,
	life: number,
): Promise<void> {
	const row = { hash: hashToken(token), ...who, expires: context.clock.now() + life };
	await context.database('enrolment_token').insert(row).onConflict('hash').ignore();
}

/** How long a token that the operator made may wait for its role after each start of the provisioner, in milliseconds: 30 days. */
const OFFERED_LIFE = 30 * 86_400_000;

/** Lets roles in by tokens that the operator made, once each; one that was used stays used, however often it is offered again. */
export async function offerEnrolment(
	context: Context,
	tokens: Readonly<Partial<Record<RoleKind, string>>>,
): Promise<void> {
	const expires = context.clock.now() + OFFERED_LIFE;
	for (const [kind, token] of Object.entries(tokens)) {
		await context
			.database('enrolment_token')
			.insert({ hash: hashToken(token), kind, expires })
			.onConflict('hash')
			.merge({ expires });
	}
}
