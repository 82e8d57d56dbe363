namespace CoreEngine;

/// <summary>Where a head of a cached graph goes among the outputs of the call.</summary>
/// <param name="Output">Which output of the call.</param>
/// <param name="Offset">Bytes from the output's start.</param>
internal readonly record struct CachedResult(int Output, long Offset = 0);
