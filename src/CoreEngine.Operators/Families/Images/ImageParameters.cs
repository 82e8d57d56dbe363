using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Parameters of <c>_cvimdecode</c>.</summary>
public class ImageDecodeParameters : IParameters
{
    /// <summary>0 for grey, otherwise in colour.</summary>
    public int Flag = 1;

    /// <summary>Whether pixels are red, green, blue; the other way round when false.</summary>
    public bool ToRgb = true;

    /// <summary>Values of a pixel.</summary>
    public int Channels => Flag == 0 ? 1 : 3;

    /// <inheritdoc/>
    public virtual void Read(AttributeReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Optional("flag", ref Flag);
        reader.Check(Flag >= 0, "flag", Flag, "0 (grey), 1 or more (colour)");
        reader.Optional("to_rgb", ref ToRgb);
    }
}

/// <summary>Parameters of <c>_cvimread</c>.</summary>
public sealed class ImageReadParameters : ImageDecodeParameters
{
    /// <summary>The file.</summary>
    public string FileName = "";

    /// <inheritdoc/>
    public override void Read(AttributeReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Required("filename", ref FileName);
        base.Read(reader);
    }
}

/// <summary>Parameters of <c>_cvimresize</c>.</summary>
public sealed class ImageResizeParameters : IParameters
{
    /// <summary>Columns of the resized image.</summary>
    public int Width;

    /// <summary>Rows of the resized image.</summary>
    public int Height;

    /// <summary>A number of <see cref="Interpolation"/>.</summary>
    public int Method = (int)Interpolation.Linear;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Required("w", ref Width);
        reader.Check(Width > 0, "w", Width, "1 or more");
        reader.Required("h", ref Height);
        reader.Check(Height > 0, "h", Height, "1 or more");
        reader.Optional("interp", ref Method);
        reader.Check(
            Method is >= 0 and <= (int)Interpolation.Lanczos,
            "interp",
            Method,
            "0 (nearest), 1 (linear), 2 (cubic), 3 (area) or 4 (Lanczos)"
        );
    }
}

/// <summary>Parameters of <c>_cvcopyMakeBorder</c>.</summary>
public sealed class ImageBorderParameters : IParameters
{
    /// <summary>Rows above.</summary>
    public int Top;

    /// <summary>Rows below.</summary>
    public int Bottom;

    /// <summary>Columns to the left.</summary>
    public int Left;

    /// <summary>Columns to the right.</summary>
    public int Right;

    /// <summary>A number of <see cref="BorderType"/>.</summary>
    public int Type;

    /// <summary>The constant of every channel, unless <see cref="Values"/> has them.</summary>
    public double Value;

    /// <summary>The constant of each channel.</summary>
    public double[] Values = [];

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        Margin(reader, "top", ref Top);
        Margin(reader, "bot", ref Bottom);
        Margin(reader, "left", ref Left);
        Margin(reader, "right", ref Right);
        reader.Optional("type", ref Type);
        // OpenCV's mark for images that are parts of others, which arrays never are.
        const int Isolated = 16;
        Type &= ~Isolated;
        reader.Check(
            Type is >= 0 and <= (int)BorderType.ReflectInside,
            "type",
            Type,
            "0 (constant), 1 (replicate), 2 (reflect), 3 (wrap) or 4 (reflect without the edge)"
        );
        reader.Optional("value", ref Value);
        reader.Optional("values", ref Values);
    }

    private static void Margin(AttributeReader reader, string name, ref int value)
    {
        reader.Required(name, ref value);
        reader.Check(value is >= 0 and <= 1 << 20, name, value, "from 0 to 1048576");
    }
}
