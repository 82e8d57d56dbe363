using CoreEngine.Kernels;
using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>A decoded image: bytes row by row, pixel by pixel. Changing its size makes another one.</summary>
internal sealed unsafe class PixelImage
{
    private PixelImage(byte[] pixels, int height, int width, int channels)
    {
        Pixels = pixels;
        Height = height;
        Width = width;
        Channels = channels;
    }

    internal byte[] Pixels { get; }

    internal int Height { get; }

    internal int Width { get; }

    internal int Channels { get; }

    internal float Aspect => (float)Width / Height;

    /// <summary>Decodes an image file.</summary>
    internal static PixelImage Decode(ReadOnlySpan<byte> file, int channels)
    {
        byte[] pixels = ImageDecoder.Decode(file, channels, out int height, out int width);
        return new PixelImage(pixels, height, width, channels);
    }

    /// <summary>Resizes a part of the image, which lies inside it.</summary>
    internal PixelImage Resize(int y, int x, int height, int width, int newHeight, int newWidth, Interpolation method)
    {
        PixelImage resized = New(newHeight, newWidth);
        fixed (byte* source = &Pixels[((y * Width) + x) * Channels])
        fixed (byte* target = resized.Pixels)
        {
            long stride = (long)Width * Channels;
            ImageResizing.Resize(
                DType.UInt8,
                source,
                height,
                width,
                stride,
                Channels,
                target,
                newHeight,
                newWidth,
                method
            );
        }

        return resized;
    }

    /// <summary>Resizes the image.</summary>
    internal PixelImage Resize(int newHeight, int newWidth, Interpolation method) =>
        newHeight == Height && newWidth == Width ? this : Resize(0, 0, Height, Width, newHeight, newWidth, method);

    /// <summary>A part of the image, which lies inside it.</summary>
    internal PixelImage Crop(int y, int x, int height, int width)
    {
        if (height == Height && width == Width)
            return this;
        PixelImage part = New(height, width);
        int row = width * Channels;
        for (int i = 0; i < height; i++)
        {
            Pixels.AsSpan((((y + i) * Width) + x) * Channels, row).CopyTo(part.Pixels.AsSpan(i * row));
        }

        return part;
    }

    /// <summary>Puts a frame of one value around the image.</summary>
    internal PixelImage Pad(int top, int bottom, int left, int right, byte fill)
    {
        PixelImage padded = New(Height + top + bottom, Width + left + right);
        padded.Pixels.AsSpan().Fill(fill);
        int row = Width * Channels;
        for (int i = 0; i < Height; i++)
        {
            Pixels
                .AsSpan(i * row, row)
                .CopyTo(padded.Pixels.AsSpan((((i + top) * padded.Width) + left) * Channels, row));
        }

        return padded;
    }

    /// <summary>Moves, turns and scales the image; see <see cref="ImageWarping.Affine"/>.</summary>
    internal PixelImage Warp(int newHeight, int newWidth, ReadOnlySpan<float> map, byte fill, Interpolation method)
    {
        PixelImage warped = New(newHeight, newWidth);
        fixed (byte* source = Pixels)
        fixed (byte* target = warped.Pixels)
        {
            if (!ImageWarping.Affine(source, Height, Width, Channels, target, newHeight, newWidth, map, fill, method))
                warped.Pixels.AsSpan().Fill(fill);
        }

        return warped;
    }

    /// <summary>Mirrors the image left to right, in place.</summary>
    internal void Mirror()
    {
        for (int y = 0; y < Height; y++)
        {
            Span<byte> row = Pixels.AsSpan(y * Width * Channels, Width * Channels);
            row.Reverse();
            for (int x = 0; Channels > 1 && x < Width; x++)
            {
                row.Slice(x * Channels, Channels).Reverse();
            }
        }
    }

    /// <summary>Adds to hue, lightness and saturation in place; grey images stay as they are.</summary>
    internal void ShiftColors(int hue, int lightness, int saturation)
    {
        if (Channels != 3)
            return;
        fixed (byte* pixels = Pixels)
        {
            ImageColors.Shift(pixels, (long)Height * Width, hue, lightness, saturation);
        }
    }

    /// <summary>Multiplies every value in place.</summary>
    internal void Scale(float factor)
    {
        fixed (byte* pixels = Pixels)
        {
            ImageColors.Scale(pixels, Pixels.Length, factor);
        }
    }

    private PixelImage New(int height, int width)
    {
        const long Most = 1 << 30;
        if ((long)height * width * Channels > Most || height <= 0 || width <= 0)
            throw new EngineException($"The augmentation asks for an image of {height}x{width} pixels.");
        return new PixelImage(GC.AllocateUninitializedArray<byte>(height * width * Channels), height, width, Channels);
    }
}
