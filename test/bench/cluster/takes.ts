import { readFileSync } from 'node:fs';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import { inTables } from '../../cluster/simulated/branches.ts';
import type { Bed } from '../platform/bed.ts';

/** Milliseconds of a tick of the kernel's clock. */
const TICK = 10;

/** What the provisioner's tables and those of its queue take, in bytes, with their indexes and without what was thrown away. */
export function databaseBytes(bed: Bed): Promise<number> {
	return inTables(bed, async (database) => {
		await database.raw('vacuum full');
		const answer: { rows: { bytes: string }[] } = await database.raw(
			`select sum(pg_total_relation_size(oid)) as bytes from pg_class
			where relkind = 'r' and relnamespace = current_schema()::regnamespace`,
		);
		return Number(answer.rows[0]!.bytes);
	});
}

/** Keys that are read together. */
const PAGE = 500;

/** What stands in etcd now, without its history: the bytes of keys and values, and how many keys there are. */
export async function etcdTakes(
	outgoing: Pick<Outgoing, 'request'>,
	address: string,
): Promise<{ bytes: number; keys: number }> {
	let [bytes, keys] = [0, 0];
	for (let from = Buffer.of(0); ; ) {
		const answer = await outgoing.request({
			url: `${address}/v3/kv/range`,
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			// Up to the last key there is.
			body: JSON.stringify({ key: from.toString('base64'), range_end: 'AA==', limit: PAGE }),
			maxBytes: 256 * 1024 * 1024,
			timeoutMs: 60_000,
		});
		if (answer.status !== 200) throw new Error(`etcd answered ${answer.status}`);
		const { kvs = [] } = JSON.parse(answer.body.toString()) as { kvs?: { key: string; value?: string }[] };
		for (const { key, value = '' } of kvs)
			bytes += Buffer.byteLength(key, 'base64') + Buffer.byteLength(value, 'base64');
		keys += kvs.length;
		if (kvs.length < PAGE) return { bytes, keys };
		from = Buffer.concat([Buffer.from(kvs.at(-1)!.key, 'base64'), Buffer.of(0)]);
	}
}

/** Milliseconds of CPU that a process used, and those of its children that have ended. */
export function ticksOf(pid: number): { own: number; children: number } {
	const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
	// The name, in brackets, may hold anything.
	const fields = text
		.slice(text.lastIndexOf(')') + 2)
		.split(' ')
		.map(Number);
	const [user, system, childUser, childSystem] = fields.slice(11, 15);
	return { own: (user! + system!) * TICK, children: (childUser! + childSystem!) * TICK };
}
