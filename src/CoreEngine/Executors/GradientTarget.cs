using CoreEngine.Graphs;

namespace CoreEngine;

/// <summary>Whose gradient is wanted.</summary>
/// <param name="Variable">The variable.</param>
/// <param name="Argument">Its place among the arguments.</param>
/// <param name="Request">What to do with the gradient.</param>
internal readonly record struct GradientTarget(Node Variable, int Argument, GradientRequest Request);
