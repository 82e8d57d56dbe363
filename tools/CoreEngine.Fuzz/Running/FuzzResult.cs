namespace CoreEngine.Fuzz;

/// <summary>What a run over one format gave.</summary>
/// <param name="Inputs">How many inputs were read.</param>
/// <param name="Accepted">How many of them were valid all the same.</param>
/// <param name="RefusalKinds">In how many different words the others were refused: how far into the reader they came.</param>
/// <param name="Failures">Those that were not borne; a run ends early when there are too many.</param>
internal sealed record FuzzResult(long Inputs, long Accepted, int RefusalKinds, IReadOnlyList<FuzzFailure> Failures);
