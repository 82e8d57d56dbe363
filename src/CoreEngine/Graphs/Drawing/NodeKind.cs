namespace CoreEngine.Graphs.Drawing;

/// <summary>What a box of a picture stands for; decides its colour.</summary>
internal enum NodeKind
{
    Variable,
    Product,
    Normalization,
    Activation,
    Pooling,
    Join,
    Loss,
    Gradient,
    Other,
}
