namespace CoreEngine.Graphs.Drawing;

/// <summary>A box of a picture.</summary>
/// <param name="Title">The operator, or a variable's name.</param>
/// <param name="Lines">What stands below it.</param>
/// <param name="Kind">What it stands for.</param>
internal sealed record PictureNode(string Title, string[] Lines, NodeKind Kind);
