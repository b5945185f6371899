import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import {
	EMPTY_ROOT,
	foldHashes,
	leafHash,
	type NodeReader,
	proveConsistency,
	proveInclusion,
	rootOf,
	verifyConsistency,
	verifyInclusion,
} from '../src/tree.ts';

interface InclusionVector {
	readonly leafIdx: number;
	readonly treeSize: number;
	readonly root: string;
	readonly leafHash: string;
	readonly proof: readonly string[] | null;
	readonly wantErr: boolean;
}

interface ConsistencyVector {
	readonly size1: number;
	readonly size2: number;
	readonly root1: string;
	readonly root2: string;
	readonly proof: readonly string[] | null;
	readonly wantErr: boolean;
}

const VECTORS = join(import.meta.dirname, 'vectors/vendor');

function vectors<T>(kind: string): [name: string, vector: T][] {
	return readdirSync(join(VECTORS, kind), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.json'))
		.map((name) => [`${kind}/${name}`, JSON.parse(readFileSync(join(VECTORS, kind, name), 'utf8')) as T]);
}

const hash = (base64: string): Buffer => Buffer.from(base64, 'base64');
const hashes = (proof: readonly string[] | null): Buffer[] => (proof ?? []).map(hash);

/** Every hash from the entries themselves: slow and plainly right. */
function memory(leaves: readonly Buffer[]): NodeReader {
	return (level, index) => foldHashes(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
}

describe('the published vectors (transparency-dev/merkle)', () => {
	const inclusion = vectors<InclusionVector>('inclusion');
	const consistency = vectors<ConsistencyVector>('consistency');

	it('are all 196 here, 12 of them right', () => {
		expect([inclusion.length, consistency.length]).to.deep.equal([98, 98]);
		const right = [...inclusion, ...consistency].filter(([, vector]) => !vector.wantErr);
		expect(right).to.have.length(12);
	});

	for (const [name, vector] of inclusion) {
		it(`${vector.wantErr ? 'refuses' : 'accepts'} ${name}`, () => {
			const verdict = verifyInclusion({
				index: vector.leafIdx,
				size: vector.treeSize,
				leaf: hash(vector.leafHash),
				proof: hashes(vector.proof),
				root: hash(vector.root),
			});
			expect(verdict).to.equal(!vector.wantErr);
		});
	}

	for (const [name, vector] of consistency) {
		it(`${vector.wantErr ? 'refuses' : 'accepts'} ${name}`, () => {
			const { size1, size2 } = vector;
			const verdict = verifyConsistency({
				size1,
				size2,
				root1: hash(vector.root1),
				root2: hash(vector.root2),
				proof: hashes(vector.proof),
			});
			expect(verdict).to.equal(!vector.wantErr);
		});
	}
});

describe('the tree (RFC 6962 section 2.1)', () => {
	it('has the roots that others publish for eight entries', async () => {
		const entries = [
			'',
			'00',
			'10',
			'2021',
			'3031',
			'40414243',
			'5051525354555657',
			'606162636465666768696a6b6c6d6e6f',
		];
		const leaves = entries.map((entry) => leafHash(Buffer.from(entry, 'hex')));
		const roots = [
			'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
			'6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
			'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
			'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
			'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
			'4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
			'76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
			'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
			'5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
		];
		for (const [size, root] of roots.entries()) {
			expect((await rootOf(size, memory(leaves))).toString('hex'), `size ${size}`).to.equal(root);
		}
	});

	const leaves = Array.from({ length: 33 }, (_, i) => leafHash(Buffer.from(`entry ${i}`)));
	const read = memory(leaves);

	it('proves every entry of every tree up to 33, and no entry for another', async () => {
		for (let size = 1; size <= leaves.length; size++) {
			const root = await rootOf(size, read);
			for (let index = 0; index < size; index++) {
				const proof = await proveInclusion(index, size, read);
				const claim = { index, size, leaf: leaves[index]!, proof, root };
				expect(verifyInclusion(claim), `${index} of ${size}`).to.equal(true);
				if (size === 1) continue;
				expect(verifyInclusion({ ...claim, leaf: leaves[(index + 1) % size]! })).to.equal(false);
				expect(verifyInclusion({ ...claim, index: (index + 1) % size })).to.equal(false);
			}
		}
	});

	it('proves every tree up to 33 to be the beginning of every larger one, and of no other', async () => {
		for (let size2 = 1; size2 <= leaves.length; size2++) {
			const root2 = await rootOf(size2, read);
			for (let size1 = 1; size1 <= size2; size1++) {
				const root1 = await rootOf(size1, read);
				const proof = await proveConsistency(size1, size2, read);
				expect(verifyConsistency({ size1, size2, root1, root2, proof }), `${size1} to ${size2}`).to.equal(
					true,
				);
				const forked = await rootOf(size1, memory([...leaves].reverse()));
				expect(verifyConsistency({ size1, size2, root1: forked, root2, proof })).to.equal(false);
			}
		}
	});

	it('refuses to prove what is not there', async () => {
		const fails = async (asked: Promise<unknown>): Promise<boolean> =>
			asked.then(
				() => false,
				(error) => error instanceof RangeError,
			);
		expect(await fails(proveInclusion(5, 5, read))).to.equal(true);
		expect(await fails(proveInclusion(-1, 5, read))).to.equal(true);
		expect(await fails(proveConsistency(0, 5, read))).to.equal(true);
		expect(await fails(proveConsistency(6, 5, read))).to.equal(true);
	});

	it('never calls an empty tree the beginning of anything, not even of itself', () => {
		for (const size2 of [0, 1, 8]) {
			const claim = { size1: 0, size2, root1: EMPTY_ROOT, root2: EMPTY_ROOT, proof: [] };
			expect(verifyConsistency(claim)).to.equal(false);
		}
	});
});
