import type { Receipt } from '@understory/api-client/api.ts';
import { BadInput } from '@understory/core/errors.ts';
import { parsePublicKey } from '@understory/transparency-log/keys.ts';
import { verifyDocument } from '@understory/transparency-log/signed-document.ts';
import type { Command } from 'commander';
import { bytesOf } from '../log-place.ts';
import type { Session } from '../parts.ts';
import { disproved } from './disproved.ts';

const KEY = 'the id of the platform’s key, as you know it from elsewhere';

/** `understory branch receipt`: what the platform signed when a branch was destroyed, with its signature checked. */
export function receiptCommand(branch: Command, session: Session): void {
	branch
		.command('receipt')
		.argument('<library>')
		.argument('<branch>')
		.option('--key <id>', KEY)
		.description('show what the platform signed when a branch was deleted, and check the signature')
		.action(async (library: string, slug: string, { key }: { key?: string }) => {
			const receipt = await session.api().call('getReceipt', { params: { library, branch: slug } });
			showChecked(session, receipt, key);
		});
}

/** `understory verify receipt`: needs no platform any more. */
export function verifyReceiptCommand(verify: Command, session: Session): void {
	verify
		.command('receipt')
		.argument('<file>', 'a receipt that you kept')
		.requiredOption('--key <id>', KEY)
		.description('check the receipt of a branch that was deleted')
		.action(async (file: string, { key }: { key: string }) => {
			showChecked(session, receiptIn(file, (await bytesOf(file)).toString('utf8')), key);
		});
}

/** The signature is looked at before anything of it is shown: what somebody changed is no receipt. */
function showChecked(session: Session, receipt: Receipt, wanted: string | undefined): void {
	const key = parsePublicKey(receipt.platform);
	if (!key || receipt.type !== 'understory/deletion-receipt/v1' || !verifyDocument(receipt, [key])) {
		disproved(session, 'The signature is not one of what stands there.');
		return;
	}
	if (wanted !== undefined && wanted !== key.id) {
		disproved(session, `It is signed by the key ${key.id}, and not by ${wanted}.`);
		return;
	}
	const { branch, retired, deletion, home, last_copy: copy } = receipt;
	const elsewhere = receipt.copies_in_other_homes.map(({ backup, home }) => `${backup} in ${home}`);
	session.showOne(receipt, {
		proven: wanted === undefined ? 'it is whole; compare the key, or give it with --key' : 'yes',
		key: key.id,
		library: `${receipt.library.name} (${receipt.library.id})`,
		branch: `${branch.name}, ${branch.origin} (${branch.id}), epoch ${branch.epoch}`,
		retired: `${momentOf(retired.at)} by ${retired.by ?? 'somebody who was not written down'}`,
		'kept until': momentOf(receipt.held_until),
		'deletion asked': deletion.asked && `${momentOf(deletion.asked)} by ${deletion.by}`,
		destroyed: `${momentOf(receipt.destroyed)}, ${home === null ? 'and nothing ever ran for it' : `as its home ${home} said`}`,
		'last copy': copy && `${copy.backup} of ${momentOf(copy.made)}: ${copy.files} files, ${copy.bytes} bytes`,
		'SHA-256 of its manifest': copy?.manifest_sha256 ?? null,
		'copies destroyed': receipt.copies_destroyed,
		'copies in other homes': elsewhere.join(', ') || 'none',
		'not ours to destroy':
			receipt.not_ours_to_destroy.map((one) => REMAINS[one]).join('; ') || 'nothing is left',
	});
}

const REMAINS: Readonly<Record<Receipt['not_ours_to_destroy'][number], string>> = {
	copies_put_elsewhere: 'copies that somebody put elsewhere',
	volume: 'the volume of its home, as the cluster keeps it',
	what_other_servers_have: 'what other servers still have',
	public_log: 'what the public log has',
};

function receiptIn(file: string, text: string): Receipt {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === 'object' && value !== null) return value as Receipt;
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
	}
	throw new BadInput(`${file} is no receipt.`);
}

function momentOf(at: number): string {
	return `${new Date(at).toISOString().slice(0, 16)}Z`;
}
