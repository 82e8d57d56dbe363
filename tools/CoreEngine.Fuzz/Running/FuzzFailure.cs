namespace CoreEngine.Fuzz;

/// <summary>An input that a reader did not bear.</summary>
/// <param name="Number">Which one; with format and seed it gives the input again.</param>
/// <param name="Problem">What went wrong.</param>
/// <param name="Input">The input.</param>
internal sealed record FuzzFailure(long Number, string Problem, byte[] Input);
