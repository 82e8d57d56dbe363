using System.Text.Json;

namespace CoreEngine.Conformance;

/// <summary>A symbol, what was known of its variables, and what the original inferred from that.</summary>
/// <param name="Name">The case's name.</param>
/// <param name="Symbol">The symbol as saved.</param>
/// <param name="Arguments">The names of the arguments, in order.</param>
/// <param name="Outputs">The names of the outputs, in order.</param>
/// <param name="Auxiliary">The names of the auxiliary states, in order.</param>
/// <param name="GivenShapes">Known shapes by name; an extent of 0 is unknown.</param>
/// <param name="GivenTypes">Known types by name.</param>
/// <param name="Full">All shapes, null where some remain unknown, "raises" where the original refuses.</param>
/// <param name="Partial">The shapes as far as they are known, or "raises".</param>
/// <param name="Types">All types, null where some remain unknown, or "raises".</param>
/// <param name="TypesWithFirstArgumentFloat32">The same when the first argument's type is given too; absent if not tried.</param>
public sealed record InferenceCase(
    string Name,
    JsonElement Symbol,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string> Outputs,
    IReadOnlyList<string> Auxiliary,
    IReadOnlyDictionary<string, long[]> GivenShapes,
    IReadOnlyDictionary<string, DType> GivenTypes,
    JsonElement Full,
    JsonElement Partial,
    JsonElement Types,
    JsonElement? TypesWithFirstArgumentFloat32 = null
);
