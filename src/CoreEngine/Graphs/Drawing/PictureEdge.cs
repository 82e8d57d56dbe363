namespace CoreEngine.Graphs.Drawing;

/// <summary>An arrow of a picture.</summary>
/// <param name="From">The number of the box where it starts; smaller than that where it ends.</param>
/// <param name="To">The number of the box where it ends.</param>
/// <param name="Label">What stands at it: which output it is, when it is not the first.</param>
internal readonly record struct PictureEdge(int From, int To, string Label);
