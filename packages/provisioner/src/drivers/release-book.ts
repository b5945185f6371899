/** What a home was brought to, as far as it can be told again. */
export interface AppliedRelease {
	/** Null for what is older than versions. */
	readonly version: string | null;
	/** Digests of the chart and of the values it was given, in which secrets stand by their names only; null for what was found and not applied by us. */
	readonly chart: string | null;
	readonly values: string | null;
	/** What came of it: the number that Helm gave it, and the digest of its objects. Null while it is being applied. */
	readonly revision: number | null;
	readonly manifest: string | null;
}

/** Why a home did not come up with what it was brought to. */
export interface ReleaseTrouble {
	/** How often in a row, with the same chart and values. */
	readonly times: number;
	/** When last, UTC milliseconds. */
	readonly at: number;
	/** A sentence for an operator. */
	readonly why: string;
	/** Whether what is wrong lies outside of chart and values: a registry that is away, a quota, rights. */
	readonly outside: boolean;
}

/** What the platform wrote down of the release of a home. The cluster is never asked what a home should be (reference/kubernetes.md B1). */
export interface HomeRelease {
	/** What it was last brought to; written down before the act, and what came of it after. */
	readonly applied: AppliedRelease;
	/** What it ran well with last; null when it never did. */
	readonly good: AppliedRelease | null;
	readonly trouble: ReleaseTrouble | null;
}

/** What was applied, before anything came of it. */
export type BegunRelease = Pick<AppliedRelease, 'version' | 'chart' | 'values'>;

/** The platform's own book of what homes were brought to. */
export interface ReleaseBook {
	of(home: string): Promise<HomeRelease | null>;
	/** Before the act. Trouble with other chart or values is forgotten. `good` in place of what it ran well with, when it goes back to that. */
	begin(home: string, begun: BegunRelease, good?: AppliedRelease): Promise<void>;
	/** After it. */
	end(home: string, came: { readonly revision: number; readonly manifest: string }): Promise<void>;
	/** Writes down what was found of a home that nothing was written down of, as what it ran well with when it is `good`. */
	adopt(home: string, found: AppliedRelease, isGood: boolean): Promise<void>;
	/** It runs with what it was brought to. */
	ranWell(home: string): Promise<void>;
	failed(home: string, trouble: Pick<ReleaseTrouble, 'why' | 'outside'>): Promise<void>;
	forget(home: string): Promise<void>;

	/** Keeps of what homes of a version are made; doing it again changes nothing. What no home has, or ran well with, is forgotten. */
	keepVersion(version: string, making: string): Promise<void>;
	/** Null when it was not kept. */
	versionKept(version: string): Promise<string | null>;
	/** Why an upgrade to this version was stopped or undone, in a sentence; null when none was, or the last one went well. */
	whyStopped(version: string): Promise<string | null>;
	/** With which version most homes ran well, this one left out; null when there is none. */
	mostRunWith(except: string): Promise<string | null>;
}
