using CoreEngine.Graphs;

namespace CoreEngine;

/// <summary>Where a variable of a cached graph is found among the arguments of the call.</summary>
/// <param name="Variable">The variable.</param>
/// <param name="Input">Which input of the call; -1 when only its shape matters.</param>
/// <param name="Offset">Bytes from the input's start.</param>
internal readonly record struct CachedArgument(Node Variable, int Input, long Offset = 0);
