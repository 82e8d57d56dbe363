using CoreEngine.Graphs;

namespace CoreEngine;

/// <summary>An entry that lies in an array from outside: a variable, or a result that somebody wants in his array.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="IsAdded">Whether the result is added to what the array holds.</param>
internal readonly record struct ExternalEntry(NodeEntry Entry, bool IsAdded = false);
