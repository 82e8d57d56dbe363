namespace CoreEngine.Operators;

/// <summary>
/// The random numbers of one call: a key and a stream number for a counter-based generator. Given out when the call is
/// made, so results do not depend on which thread runs it, or when.
/// </summary>
/// <param name="Seed">The generator's key.</param>
/// <param name="Stream">A number that no other call with this seed gets.</param>
public readonly record struct RandomStream(ulong Seed, ulong Stream);
