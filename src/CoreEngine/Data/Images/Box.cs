namespace CoreEngine.Data;

/// <summary>A rectangle in shares of an image.</summary>
internal readonly record struct Box(float X, float Y, float Width, float Height)
{
    internal float Area => Width * Height;

    internal bool Contains(float x, float y) => x >= X && x < X + Width && y >= Y && y < Y + Height;

    internal float Intersect(Box other)
    {
        float width = MathF.Min(X + Width, other.X + other.Width) - MathF.Max(X, other.X);
        float height = MathF.Min(Y + Height, other.Y + other.Height) - MathF.Max(Y, other.Y);
        return width <= 0 || height <= 0 ? 0 : width * height;
    }
}
