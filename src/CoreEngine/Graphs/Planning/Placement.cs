namespace CoreEngine.Graphs.Planning;

/// <summary>The place of one entry.</summary>
/// <param name="Kind">Where it lies.</param>
/// <param name="Index">
/// In an arena: which one. In an array of the caller's: the number of the entry whose array it is, which is this entry
/// or the sum that it is a part of.
/// </param>
/// <param name="Offset">Bytes from the arena's start; a multiple of <see cref="MemoryPlanner.Alignment"/>.</param>
public readonly record struct Placement(PlacementKind Kind, int Index, long Offset = 0);
